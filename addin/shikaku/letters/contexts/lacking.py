"""What a letter has to say and the workbook doesn't know yet: it waits until that is typed.

A card without a day of birth is no proof of anything, and once it is in 発行履歴 nothing makes it
again; so it is held back, with the labels of the cells that it waits for.
"""

from typing import TYPE_CHECKING

from shikaku.fields.stray_number import BLOT
from shikaku.model.people import Person
from shikaku.model.schema import Sheet, schema

if TYPE_CHECKING:
    from shikaku.letters.contexts.source import LetterSource

_NOTICE = ("symbol", "number", "branch", "name", "birth", "acquired")
_CERTIFICATE = (*_NOTICE, "sex", "insured_name")
# R33 and what identifies a notice; any other letter needs the name of the person it is about.
_PRINTED = {
    "notice-digits": _NOTICE,
    "notice": _NOTICE,
    "certificate": _CERTIFICATE,
    "certificate-cover": _CERTIFICATE,
}


def lacking(case: "LetterSource", kind: str, person: Person) -> tuple[str, ...]:
    """Labels of the columns that a kind prints and whose cells are empty or wrong, in the order of
    the card; () when nothing is missing."""
    wrong = case.wrong_dates.get((person.sheet, person.row), set())
    found = []
    for field in _PRINTED.get(kind, ("name",)):
        own, column = _column(person, field)
        if not _known(case, person, field) or (field in ("birth", "acquired") and column in wrong):
            found.append(own.label(column))
    return tuple(found)


def _known(case: "LetterSource", person: Person, field: str) -> bool:
    if field == "insured_name":
        return not person.is_dependant or bool(case.insured_name(person))
    if field == "branch" and not person.is_dependant:
        return True  # an insured's blank one is 00
    if field == "name" and person.name:
        return BLOT not in person.name  # an individual number typed along: not a name to print
    return bool(getattr(person, field))


def _column(person: Person, field: str) -> tuple[Sheet, str]:
    """Sheet and column of it: the person's own; 被扶養者異動届 has them all, but 異動年月日 for 取得."""
    sheets = schema().sheets
    own = sheets[person.sheet]
    if field not in own.columns and field == "acquired":
        field = "event_date"
    return (own if field in own.columns else sheets["dependants"]), field
