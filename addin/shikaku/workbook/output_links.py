"""Rows of 検証結果 and 資格確認書判定 that lead to the cells which they are about: one link a row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shikaku.model.schema import Sheet
from shikaku.model.tables import Book, Table
from shikaku.ooxml import limits
from shikaku.ooxml.addresses import column_letters
from shikaku.ooxml.sheet_tail import RowLink
from shikaku.workbook.session import OutRow, address_of_column

LINKED = {"findings": ("sheet", "row", "item"), "decisions": ("sheet", "row", "name")}
"""The columns of our output sheets whose cells carry the row's link."""

NO_LINKS = "行より下の行には、セルへのリンクがありません(Excelの上限です)。"
"""What the last line says when there are more rows than links."""

NO_ROOM = "行は、シートに入りきらないため書いていません。"
"""What it says of rows that a sheet can't hold."""


def linked_columns(key: str, table: Table) -> dict[str, int]:
    """The columns of one link a row: those of LINKED that lie side by side from the first on."""
    found = sorted(
        (table.columns[name], name) for name in LINKED.get(key, ()) if name in table.columns
    )
    return {name: column for n, (column, name) in enumerate(found) if column == found[0][0] + n}


def row_links(
    book: Book, rows: Sequence[OutRow], top: int, linked: Mapping[str, int]
) -> list[RowLink]:
    """The links of rows that are written from row ``top`` on. Each reaches from the first of its cells to the last
    filled one, so that it lies on no empty one; a row without any to carry it has none."""
    letters = [(name, column_letters(column)) for name, column in linked.items()]
    leads: dict[tuple[str, str], str] = {}
    found = []
    for number, row in enumerate(rows, top):
        if row.link is None:
            continue
        last = ""
        for name, column in letters:
            if row.values.get(name) in (None, ""):
                break
            last = column
        if last:
            of = row.link.sheet, row.link.column
            lead = leads.get(of) or leads.setdefault(of, address_of_column(book, *of))
            first = letters[0][1]
            area = f"{first}{number}:{last}{number}" if last != first else f"{first}{number}"
            found.append(RowLink(area, lead, row.link.row))
    return found


def within_limits(spec: Sheet, rows: Sequence[OutRow]) -> Sequence[OutRow]:
    """The rows as Excel bears them: beyond its number of links without one, and a last line that
    says so."""
    room = limits.ROWS - 10_000  # what a sheet may have above its table
    if len(rows) <= limits.LINKS:
        return rows
    linked = [at for at, row in enumerate(rows) if row.link]
    bare = linked[limits.LINKS] if len(linked) > limits.LINKS else len(rows)
    if bare == len(rows) <= room:
        return rows
    kept = [*rows[:bare], *(replace(row, link=None) for row in rows[bare:])][:room]
    words = f"{bare:,}{NO_LINKS}" if bare < len(rows) else ""
    if len(rows) > room:
        words += f"{len(rows) - room:,}{NO_ROOM}"
    column = next(name for name in ("message", "why") if name in spec.columns)
    return [*kept, OutRow({column: words})]
