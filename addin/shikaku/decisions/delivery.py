"""By which way documents reach the member (R11, R21, R28, C15).

The employer hands them out; 任意継続 and their dependants get them straight from the insurer and
must not be on the employer's list.
"""

from dataclasses import dataclass

from shikaku.model.people import Person


@dataclass(frozen=True, slots=True)
class Delivery:
    """``route``: employer | direct; ``rules``."""

    route: str
    rules: tuple[str, ...]


def decide(person: Person, *, certificate: bool, notice: bool) -> Delivery:
    """The route for the person's 区分; the rules are those of the documents that there are."""
    rules: tuple[str, ...] = ("R21",) if certificate else ()
    if notice:
        rules += ("C15",) if person.direct else ("R11",)
    return Delivery("direct" if person.direct else "employer", rules)
