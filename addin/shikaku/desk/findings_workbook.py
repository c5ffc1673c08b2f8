"""The findings of a run as a workbook of its own, to be sent back beside the one they are about."""

from collections.abc import Sequence
from pathlib import Path

from shikaku.checks.catalogue import Finding
from shikaku.desk.plain_workbook import PlainSheet, Value, build
from shikaku.fields import stray_number
from shikaku.model.schema import schema
from shikaku.model.tables import Book, Row
from shikaku.workbook.session import Link, address

_TITLE = "検証結果一覧"
"""Not the name of a sheet of the form: an older report may be written over, a form never."""

_ORIGIN = ("employer", "source_file", "source_sheet", "source_row")


def findings_workbook(findings: Sequence[Finding], book: Book) -> bytes:
    """An .xlsx: the columns of 検証結果, a finding a row, its 行 a link to the cell.

    The link leads to the workbook of the findings in the same folder. Of rows that ``collect`` has
    brought, columns for the sender, his file, sheet and row follow, and the link leads there.
    """
    spec = schema().sheets["findings"]
    severities = schema().lists["severity"]
    keys = {sheet.name: key for key, sheet in schema().sheets.items()}
    rows_of = {(row.sheet, row.number): row for key in book.tables for row in book.rows(key)}
    collected = any(row.text("receipt_no") for row in rows_of.values())
    header = [column.label for column in spec.columns.values()]
    if collected:
        extra = schema().sheets["acquisition"].extra
        header += [extra[key].label for key in _ORIGIN]
    place = list(spec.columns).index("row")
    rows: list[list[Value]] = []
    links = {}
    for number, found in enumerate(findings):
        values: list[Value] = [
            severities[found.severity],
            found.code,
            found.sheet,
            found.row or None,
            found.column,
            found.message,
            found.hint,
            found.source,
        ]
        row = rows_of.get((keys.get(found.sheet, ""), found.row))
        file, sheet, line = Path(book.path).name, found.sheet, found.row
        if collected:
            origin = _origin(row)
            values += origin
            if origin[1]:
                file, sheet, line = str(origin[1]), str(origin[2]), int(origin[3] or 0)
        if found.row:
            own = sheet == found.sheet and line == found.row
            link = Link(sheet, line, found.column if own else "")
            links[number, place] = file, address(book, link)
        rows.append([stray_number.hide(v) if isinstance(v, str) else v for v in values])
    return build([PlainSheet(_TITLE, header, rows, links)])


def _origin(row: Row | None) -> list[Value]:
    if row is None or not row.text("receipt_no"):
        return [None] * len(_ORIGIN)
    return [*(row.text(key) for key in _ORIGIN[:3]), row.count("source_row")]
