"""The insurer's worklist: one workbook with the rows of many employers, kept from day to day.

It is an ordinary workbook of ours with the columns of origin at the right of its four sheets of
people, and the sheet 受付一覧. Rows are added, renewed in place or emptied; the ledger, the
history, the settings and whatever the clerk has added stay as they are.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from shikaku.desk.collect.employers import employers
from shikaku.desk.collect.merging import Merged, final_cells
from shikaku.desk.collect.pairing import Line
from shikaku.desk.collect.reading import ORIGIN, SHEETS, TakenRow
from shikaku.desk.collect.received import Receipt
from shikaku.law.closed_days import ClosedDays
from shikaku.live import columns as live_columns
from shikaku.model import settings as settings_module
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import EMPTY, ERROR, NUMBER, Book, Cell, CellValue, Row
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.package import Package
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system import saving
from shikaku.system.errors import BookError
from shikaku.system.masking import masked_data
from shikaku.system.reading import read_file
from shikaku.template import builder
from shikaku.workbook.editor import Editor
from shikaku.workbook.origin_columns import widened
from shikaku.workbook.reader import MAX_ROWS, Workbook, read_book, read_table

LISTED = "receipts"
_NOTES = " / "
_PREPARED = 20
"""Blank rows with formulas in a new worklist: its tables grow with what is collected."""


class Worklist:
    """The worklist in memory. ``before``: the file's bytes as they were, None for a new one."""

    def __init__(self, path: Path, data: bytes, before: bytes | None):
        self.path = path
        self.before = before
        self.is_new = before is None
        self._data = widened(data, path.name, SHEETS)
        self._package = Package(self._data, path.name)
        workbook = Workbook(self._package)
        self.book: Book = read_book(workbook)
        spec = schema().desk[LISTED]
        tab = workbook.find(spec.name)
        if tab is not None:
            self.book.tables[LISTED] = read_table(workbook, tab, spec)
        self._editor = Editor(workbook, self.book, schema().desk)
        self._employers: dict[str, str] = {}
        self.receipts = [_receipt(row) for row in self.book.rows(LISTED)]

    @classmethod
    def open(cls, path: Path) -> "Worklist":
        """The worklist in a file, or a workbook of ours that may become one: nobody stands in its
        four sheets of people yet. Raises BookError for any other file."""
        saving.refuse_if_open(path)
        data = read_file(path)
        workbook = Workbook(Package(data, path.name))
        book = read_book(workbook)
        lacking = [key for key in SHEETS if not (key in book.tables and book.tables[key].columns)]
        if lacking or book.missing_sheets:
            names = "」「".join(
                schema().sheets[key].name for key in dict.fromkeys((*book.missing_sheets, *lacking))
            )
            raise BookError(
                f"「{path.name}」はまとめ先にできません(シート「{names}」がありません)。",
                "別の名前を指定するか、shikaku new で作ったブックを指定してください。",
            )
        if workbook.find(schema().desk[LISTED].name) is None and any(book.rows(*SHEETS)):
            raise BookError(
                f"「{path.name}」には、もう行が入っています。事業所のブックをまとめ先にはできません。",
                "別の名前を指定してください。",
            )
        return cls(path, data, data)

    @classmethod
    def new(cls, path: Path, settings: Mapping[str, str]) -> "Worklist":
        """An empty worklist. settings: by key, to begin with."""
        if path.suffix.lower() != ".xlsx":
            raise BookError(
                f"「{path.name}」には作れません。", "ファイル名の終わりを .xlsx にしてください。"
            )
        content = builder.Content({}, dict(settings))
        return cls(path, builder.render(content, _PREPARED), None)

    def standing(self) -> list[Line]:
        """The rows that have come from a file, with their places. A row without 受付番号 is the
        clerk's own and nobody's to replace."""
        known = {receipt.receipt_no: receipt for receipt in self.receipts}
        lines = []
        for row in self.book.rows(*SHEETS):
            receipt = known.get(row.text("receipt_no"))
            if receipt is None:
                continue
            columns = {**schema().sheets[row.sheet].columns, **schema().sheets[row.sheet].extra}
            cells = {
                key: cell
                for key, cell in row.cells.items()
                if key not in ORIGIN and columns[key].type != "formula" and cell.kind != EMPTY
            }
            origin = TakenRow(row.sheet, row.count("source_row") or 0, cells)
            lines.append(Line(receipt, origin, row.number, cells))
        return lines

    def put(self, merged: Merged, as_of: dt.date) -> None:
        """Write what has come of the files. as_of: the day for the live columns' stored values.

        Raises BookError when a sheet would hold more than 50,000 rows.
        """
        settings = settings_module.read(self.book)
        days = {
            day: row.text("name")
            for row in self.book.rows("closed_days")
            if (day := row.date("date")) is not None
        }
        closed = ClosedDays(days, saturday_closed=settings.saturday == "closed")
        self._employers = employers(merged.receipts)

        def calculated(line: Line) -> dict[str, CellValue]:
            if line.row.sheet not in FILINGS:
                return {}
            row = Row(line.row.sheet, line.place or 0, final_cells(line))
            return live_columns.values(row, settings, closed, settings.as_of or as_of)

        try:
            for sheet in SHEETS:
                lines = [line for line in merged.lines if line.row.sheet == sheet]
                self._put_sheet(sheet, lines, calculated)
            for sheet, place in merged.emptied:
                self._empty(sheet, place)
            self._list(merged.receipts)
        except BadMarkup:
            raise self._package.damaged() from None

    def _put_sheet(
        self,
        sheet: str,
        lines: list[Line],
        calculated: Callable[[Line], dict[str, CellValue]],
    ) -> None:
        new = [line for line in lines if line.place is None]
        table = self.book.tables[sheet]
        if len(table.rows) + len(new) > MAX_ROWS:
            raise BookError(
                f"まとめると、シート「{table.spec.name}」が{MAX_ROWS:,}行を超えます。",
                "フォルダーを分け、別々のブックにまとめてください。",
            )
        for line in lines:
            if line.place is not None:
                self._renew(line, line.place, calculated(line))
        first = table.last_row + 1
        self._editor.append_rows(sheet, [{**self._values(n), **calculated(n)} for n in new])
        for number, line in enumerate(new, first):
            self._formats(sheet, number, line.row.cells)

    def _renew(self, line: Line, place: int, live_values: Mapping[str, CellValue]) -> None:
        sheet, spec = line.row.sheet, schema().sheets[line.row.sheet]
        values = self._values(line)
        for key in (*spec.columns, *spec.extra):
            if key in live_values:
                self._editor.set_cell(sheet, place, key, live_values[key])
            elif key != "memo" and not _is_formula(sheet, key):
                self._editor.set_cell(sheet, place, key, values.get(key))
        self._formats(sheet, place, final_cells(line))

    def _values(self, line: Line) -> dict[str, CellValue]:
        """A row's cells and its origin, ready to write."""
        receipt, row = line.receipt, line.row
        values: dict[str, CellValue] = {}
        for key, cell in final_cells(line).items():
            if isinstance(cell.value, (str, int, float, dt.date)) and cell.kind != ERROR:
                values[key] = cell.value
            elif cell.kind == ERROR:
                values[key] = None
        return values | {
            "receipt_no": receipt.receipt_no,
            "received": receipt.received,
            "employer_symbol": receipt.symbol or None,
            "employer": self._employers[receipt.receipt_no],
            "source_file": receipt.file,
            "source_sheet": schema().sheets[row.sheet].name,
            "source_row": row.number,
        }

    def _empty(self, sheet: str, place: int) -> None:
        spec = schema().sheets[sheet]
        for key in (*spec.columns, *spec.extra):
            self._editor.set_cell(sheet, place, key, "" if _is_formula(sheet, key) else None)

    def _formats(self, sheet: str, row: int, cells: Mapping[str, Cell]) -> None:
        """A number stays the number it was: no day because its column has days, no zeros lost."""
        spec = schema().sheets[sheet]
        for key, cell in cells.items():
            if cell.kind != NUMBER:
                continue
            zeros = bool(cell.number_format) and set(cell.number_format) == {"0"}
            is_day = (spec.columns.get(key) or spec.extra[key]).type == "date"
            if zeros or is_day:
                code = "" if is_date(cell.number_format) else cell.number_format
                self._editor.set_format(sheet, row, key, code)

    def _list(self, receipts: Iterable[Receipt]) -> None:
        new = []
        for receipt in receipts:
            values = _listed(receipt)
            if receipt.row is None:
                new.append(values)
            elif receipt.changed:
                for key, value in values.items():
                    self._editor.set_cell(LISTED, receipt.row, key, value)
        self._editor.append_rows(LISTED, new)

    def rows(self, merged: Merged) -> dict[str, int]:
        """How many rows the worklist has with what was put into it, by sheet key."""
        counts = {}
        for sheet in SHEETS:
            new = sum(1 for m in merged.lines if m.row.sheet == sheet and m.place is None)
            gone = sum(1 for key, _ in merged.emptied if key == sheet)
            counts[sheet] = len(self.book.tables[sheet].rows) + new - gone
        return counts

    def save(self) -> None:
        """Put the file in its place, all or nothing. Raises BookError."""
        try:
            changed, added, removed = self._editor.parts()
        except BadMarkup:
            raise self._package.damaged() from None
        data = self._package.rewritten(changed, added, removed)
        if self.before is None:
            with saving.making(self.path, new=True) as draft:
                draft.write_bytes(data)
        elif data != self.before:
            saving.save(self.path, data, self.before)


def _is_formula(sheet: str, key: str) -> bool:
    column = schema().sheets[sheet].columns.get(key)
    return column is not None and column.type == "formula"


def _receipt(row: Row) -> Receipt:
    states = {label: key for key, label in schema().lists["receipt_state"].items()}
    notes = row.text("note")
    return Receipt(
        receipt_no=row.text("receipt_no"),
        state=states.get(row.text("state"), ""),
        file=row.text("file"),
        received=row.date("received") or dt.date.min,
        modified=row.text("modified"),
        symbol=row.text("symbol"),
        employer=row.text("employer"),
        counts={key: row.count(key) or 0 for key in SHEETS},
        errors=row.count("errors") or 0,
        warnings=row.count("warnings") or 0,
        notes=notes.split(_NOTES) if notes else [],
        taken=row.date("taken"),
        fingerprint=row.text("fingerprint"),
        content=row.text("content"),
        row=row.number,
    )


def _listed(receipt: Receipt) -> dict[str, CellValue]:
    values = {
        "receipt_no": receipt.receipt_no,
        "state": schema().lists["receipt_state"][receipt.state],
        "file": receipt.file,
        "received": receipt.received,
        "modified": receipt.modified[:19],  # to the second is enough for people
        "symbol": receipt.symbol,
        "employer": receipt.employer,
        **{key: receipt.counts.get(key, 0) for key in SHEETS},
        "errors": receipt.errors,
        "warnings": receipt.warnings,
        "note": _NOTES.join(receipt.notes),
        "taken": receipt.taken,
        "fingerprint": receipt.fingerprint,
        "content": receipt.content,
    }
    return {key: None if value == "" else masked_data(value) for key, value in values.items()}
