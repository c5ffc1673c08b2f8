"""What a letter has to say and the workbook doesn't know yet: it waits until that is typed.

A card without a day of birth is no proof of anything, and once it is in 発行履歴 nothing makes it
again; so it is held back, with the labels of the cells that it waits for.
"""

from typing import TYPE_CHECKING

from shikaku.fields.stray_number import BLOT
from shikaku.model.people import Person
from shikaku.model.schema import schema

if TYPE_CHECKING:
    from shikaku.letters.contexts.case import Case

_NOTICE = ("symbol", "number", "branch", "name", "birth", "acquired")
_CERTIFICATE = (*_NOTICE, "sex", "insured_name")
# R33 and what identifies a notice; any other letter needs the name of the person it is about.
_PRINTED = {
    "notice-digits": _NOTICE,
    "notice": _NOTICE,
    "certificate": _CERTIFICATE,
    "certificate-cover": _CERTIFICATE,
}


def lacking(case: "Case", kind: str, person: Person) -> tuple[str, ...]:
    """Labels of the columns that a kind prints and whose cells are empty or wrong, in the order of
    the card; () when nothing is missing."""
    wrong = _wrong_dates(case, person)
    found = []
    for field in _PRINTED.get(kind, ("name",)):
        label = _label(person, field)
        if not _known(case, person, field) or (field in ("birth", "acquired") and label in wrong):
            found.append(label)
    return tuple(found)


def _known(case: "Case", person: Person, field: str) -> bool:
    if field == "insured_name":
        return not person.is_dependant or bool(case.insured_name(person))
    if field == "branch" and not person.is_dependant:
        return True  # an insured's blank one is 00
    if field == "name" and person.name:
        return BLOT not in person.name  # an individual number typed along: not a name to print
    return bool(getattr(person, field))


def _label(person: Person, field: str) -> str:
    """The person's own sheet's word for it; 被扶養者異動届 has them all, but 異動年月日 for 取得."""
    sheets = schema().sheets
    own = sheets[person.sheet].columns
    if field not in own and field == "acquired":
        field = "event_date"
    return (own.get(field) or sheets["dependants"].columns[field]).label


def _wrong_dates(case: "Case", person: Person) -> set[str]:
    """Labels of a row's dates that the checks call wrong: born after joining, in the year 2126."""
    return case.wrong_dates.get((schema().sheets[person.sheet].name, person.row), set())
