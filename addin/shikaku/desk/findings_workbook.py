"""The findings of a run as a workbook of its own, to be sent back beside the one they are about."""

from collections.abc import Sequence
from pathlib import Path

from shikaku.desk.plain_workbook import PlainSheet, Value, build
from shikaku.fields import stray_number
from shikaku.model.schema import schema
from shikaku.model.tables import Book, CellValue, Row
from shikaku.workbook.session import Link, OutRow, address

_TITLE = "検証結果一覧"
"""Not the name of a sheet of the form: an older report may be written over, a form never."""

_ORIGIN = ("employer", "source_file", "source_sheet", "source_row")


def findings_workbook(rows: Sequence[OutRow], book: Book) -> bytes:
    """An .xlsx: the columns of 検証結果, a finding a row, its 行 a link to the cell.

    rows: those of the sheet 検証結果. The link leads to the workbook of the findings in the same
    folder. Of rows that ``collect`` has brought, columns for the sender, his file, sheet and row
    follow, and the link leads there.
    """
    spec = schema().sheets["findings"]
    people = {(row.sheet, row.number): row for key in book.tables for row in book.rows(key)}
    collected = any(row.text("receipt_no") for row in people.values())
    header = [column.label for column in spec.columns.values()]
    if collected:
        header += [schema().sheets["acquisition"].extra[key].label for key in _ORIGIN]
    place = list(spec.columns).index("row")
    shown: list[list[Value]] = []
    links = {}
    for number, row in enumerate(rows):
        values = [_harmless(row.values.get(key)) for key in spec.columns]
        if row.link is not None and row.values.get("row"):
            person = people.get((row.link.sheet, row.link.row))
            target = _target(person, book, row.link)
            if not any(map(stray_number.inside, target)):  # no link rather than a number in it
                links[number, place] = target
            if collected and person is not None:
                values += [*(_harmless(person.text(key)) for key in _ORIGIN[:3])]
                values.append(person.count("source_row"))
        shown.append(values)
    return build([PlainSheet(_TITLE, header, shown, links)])


def _target(row: Row | None, book: Book, link: Link) -> tuple[str, str]:
    """(file, cell) that a finding leads to. In a sender's file his sheet and row, and the column as in
    our form, since where he has moved it nobody knows any more."""
    cell = address(book, link)
    if row is None or not row.text("source_file"):
        return Path(book.path).name, cell
    letters = cell.rpartition("!")[2].rstrip("0123456789")
    tab = row.text("source_sheet").replace("'", "''")
    return row.text("source_file"), f"'{tab}'!{letters}{row.count('source_row') or 1}"


def _harmless(value: CellValue) -> Value:
    """The value without an individual number in it."""
    return stray_number.hide(value) if isinstance(value, str) else value
