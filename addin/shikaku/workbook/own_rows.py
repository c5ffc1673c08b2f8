"""Which rows of a sheet that we fill are ours, and which hold what somebody else typed there.

Ours are the rows of our Excel table, which always ends with them. What is typed right below it Excel takes in
as the table's last row: such a row is told by what our rows say of themselves. A sheet without the table (it
was made a range, or we made the sheet) has nothing else to tell them by.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from shikaku.model.schema import schema
from shikaku.model.tables import Cell, Table
from shikaku.system.errors import BookError
from shikaku.workbook.filled_rows import has_content
from shikaku.workbook.output_links import NO_LINKS, NO_ROOM

Cells = Mapping[int, Cell]
"""The cells of a row by Excel column."""

_SIGNS = {
    "findings": ("severity", "code", "sheet", "row"),
    "decisions": ("sheet", "row", "certificate", "delivery"),
}
"""Columns whose words nobody else would put there. Two of them make a row ours, in our table one: what was
typed over in it is a result still."""

_FORMS = {"code": re.compile("[A-Z]{2}[0-9]{2}"), "row": re.compile("[0-9]+")}

_OUR_WORDS = re.compile(f"まだ(?:検証|判定)していません|{re.escape(NO_LINKS)}|{re.escape(NO_ROOM)}")
"""What our rows say that are about nothing on a sheet: in a new workbook, and behind too many links."""


def region(table: Table) -> list[int]:
    """The columns of a table that is no Excel table: ours, and labelled ones that stand together with them. A
    column without a heading parts what is beside, as for Excel's sorting and filtering."""
    ours = {*table.columns.values()}
    labelled = sorted(ours | {*table.unknown_labels.values()})
    found: list[int] = []
    group: list[int] = []
    for column, after in zip(labelled, [*labelled[1:], 0], strict=True):
        group.append(column)
        if after != column + 1:
            found += group if ours.intersection(group) else []
            group = []
    return found


class OwnRows:
    """Tells our rows of a sheet from others. Of a sheet that nobody looks at every row is ours."""

    def __init__(self, table: Table, columns: Iterable[int], *, has_table: bool) -> None:
        """columns: those that we fill and clear; has_table: whether they are of an Excel table."""
        self._has_table, self._columns = has_table, frozenset(columns)
        self._ours = {*table.columns.values()}
        self._signs = {
            table.columns[key]: _sign(key)
            for key in _SIGNS.get(table.spec.key, ())
            if key in table.columns
        }
        self.any_notes = table.spec.key in _SIGNS

    def below(self, cells: Cells) -> bool:
        """Whether a row below our Excel table, or of a sheet without it, is a note."""
        if self._has_table:
            return any(has_content(cell) for column, cell in cells.items() if self._in(column))
        return self.is_typed(cells) and not self.is_ours(cells)

    def is_typed(self, cells: Cells) -> bool:
        """Whether a row holds more than formulas that the user's own columns go on with."""
        return any(
            has_content(cell) and (column in self._ours or not cell.formula)
            for column, cell in cells.items()
            if self._in(column)
        )

    def is_ours(self, cells: Cells) -> bool:
        """Whether a row says of itself that it is ours."""
        signs = sum(fits(cells[c].text) for c, fits in self._signs.items() if c in cells)
        least = 1 if self._has_table or len(self._signs) == 1 else 2
        return signs >= least or any(_OUR_WORDS.search(cell.text) for cell in cells.values())

    def notes_at_the_end(self, upwards: Iterable[tuple[int, Cells]]) -> set[int]:
        """Of the table's rows, from the last one up: those below the last one of ours that are typed."""
        found = set()
        for number, cells in upwards:
            if not self.is_typed(cells):
                continue
            if self.is_ours(cells):
                break
            found.add(number)
        return found

    def _in(self, column: int) -> bool:
        return column in self._columns


def _sign(key: str) -> Callable[[str], bool]:
    """Whether a text is one that we put into a column."""
    if key in _FORMS:
        return lambda text: _FORMS[key].fullmatch(text) is not None
    known = schema()
    words = (
        {sheet.name for sheet in known.sheets.values()}
        if key == "sheet"
        else {*known.lists[key].values()}
    )
    return words.__contains__


def refuse_notes(sheet: str, rows: range, notes: Iterable[int]) -> None:
    """Raise BookError when somebody's note stands in rows that are to be filled. sheet: its tab."""
    taken = sorted(number for number in notes if number in rows)
    if taken:
        others = f"ほか{len(taken) - 1}行" if len(taken) > 1 else ""
        raise BookError(
            f"シート「{sheet}」の、結果を書き込むところ({taken[0]}行目{others})に記入があるため、書き込めません。",
            "その記入を別のシートか、表から1列以上あけた右の列へ移してから(要らなければ行を消してから)、"
            "もう一度実行してください。",
        )
