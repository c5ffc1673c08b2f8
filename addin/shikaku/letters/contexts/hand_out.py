"""The order in which letters are handed out: employer, department, family, and in it the insured
first."""

from shikaku.identity.matching import fold_number, household
from shikaku.letters.contexts.naming import clean
from shikaku.letters.contexts.source import LetterSource
from shikaku.model.people import Person

Turn = tuple[bool, str, int, bool, str, int]
"""What people of one employer are sorted by."""


class HandOutOrder:
    """Whose turn it is among the people of one employer."""

    def __init__(self, case: LetterSource) -> None:
        self._case = case
        self._families: dict[object, int] = {}
        self._rows: dict[tuple[str, int], int] = {}
        for person in case.people.values():
            self._families.setdefault(_family(person), len(self._families))
            self._rows[person.sheet, person.row] = len(self._rows)

    def turn(self, person: Person) -> Turn:
        """By department, those without one last; family by family, in the order of the workbook's
        rows; the insured, then the family by 枝番."""
        department = department_of(self._case, person)
        return (
            not department,
            department,
            self._families.get(_family(person), len(self._families)),
            person.is_dependant,
            fold_number(person.branch).zfill(2) if person.is_dependant else "",
            self._rows.get((person.sheet, person.row), len(self._rows)),
        )


def department_of(case: LetterSource, person: Person) -> str:
    """所属 of the insured, by whom the whole family gets its letters."""
    insured = case.insured_of(person) if person.is_dependant else None
    return clean((insured.department if insured else "") or person.department)


def _family(person: Person) -> object:
    """A newcomer without a 番号 is nobody's family yet."""
    return household(person) or (person.sheet, person.row)
