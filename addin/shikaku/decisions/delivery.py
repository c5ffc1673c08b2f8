"""By which way documents reach the member (R11, R21, R28, R39, C15).

The employer hands them out; 任意継続 and their dependants get them straight from the insurer and
must not be on the employer's list.
"""

from dataclasses import dataclass

from shikaku.decisions import old_card
from shikaku.decisions.certificate_decision import EX_OFFICIO, CertificateDecision
from shikaku.model.people import Person


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class Delivery:
    """``route``: employer | direct; ``rules``."""

    route: str
    rules: tuple[str, ...]


def decide(person: Person, *, certificate: CertificateDecision, notice: bool) -> Delivery:
    """The route for the person's 区分; the rules are those of the documents that there are."""
    direct = person.direct
    rules = _of_certificate(person, certificate) if certificate.outcome == "issue" else ()
    if notice:
        rules += ("C15",) if direct else ("R11",)
    return Delivery("direct" if direct else "employer", rules)


def _of_certificate(person: Person, certificate: CertificateDecision) -> tuple[str, ...]:
    """R21 speaks of 任意継続 and of who joins from R6.12.2 on; R28 of the bulk issue, R39 of the one ex
    officio to members of before who aren't registered. Of their applications, and of the renewal for
    登録済だが利用困難, the guide says nothing."""
    of_before = person.acquired is not None and old_card.issued_on(person.acquired)
    if person.direct or not of_before:
        return ("R21",)
    if certificate.reason not in EX_OFFICIO.values():
        return ()
    return {"bulk": ("R28",), "ex_officio": ("R39",)}.get(certificate.ground or "", ())
