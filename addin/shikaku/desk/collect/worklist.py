"""The insurer's worklist: one workbook with the rows of many employers, kept from day to day.

It is an ordinary workbook of ours with the columns of origin at the right of its four sheets of
people, and the sheet 受付一覧. Rows are added, renewed in place or emptied; the ledger, the
history, the settings and whatever the clerk has added stay as they are.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from shikaku.desk.collect import as_sent, differences, received
from shikaku.desk.collect.as_sent import AsSent
from shikaku.desk.collect.differences import Difference
from shikaku.desk.collect.employers import employers
from shikaku.desk.collect.merging import Known, Merged, final_cells, is_anothers
from shikaku.desk.collect.pairing import Line
from shikaku.desk.collect.reading import ORIGIN, SHEETS, Taken, TakenRow
from shikaku.desk.collect.received import LISTED_AGAIN, Receipt
from shikaku.fields import era_date
from shikaku.live import columns as live_columns
from shikaku.model import employers as employers_master
from shikaku.model import settings as settings_module
from shikaku.model.calendar import closed_days
from shikaku.model.employers import fold_symbol, symbols_of
from shikaku.model.schema import FILINGS, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import DATE, EMPTY, ERROR, NUMBER, TEXT, Book, Cell, CellValue, Row
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.package import Package
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system import saving
from shikaku.system.errors import BookError
from shikaku.system.reading import read_file
from shikaku.template import builder
from shikaku.workbook.common_parts import Workbook
from shikaku.workbook.editor import Editor
from shikaku.workbook.origin_columns import widened
from shikaku.workbook.reader import MAX_ROWS, read_book, read_table
from shikaku.workbook.session import OutRow

LISTED, DIFFERENT, SENT, MASTER = "receipts", "differences", "as_sent", "employers"
"""The desk's own sheets: 受付一覧, 差異, 取込控え, 事業所."""

_PREPARED = 20
"""Blank rows with formulas in a new worklist: its tables grow with what is collected."""


def with_origin(data: bytes, name: str) -> bytes:
    """A workbook with the columns of origin at the right of its sheets of people. Raises BookError."""
    return widened(data, name, {key: schema().sheets[key].extra for key in SHEETS})


class Worklist:
    """The worklist in memory. ``before``: the file's bytes as they were, None for a new one.
    withdrawn_late: 「氏名(シート)」 of the filings that ``accept`` took out though 加入者台帳 has them;
    accepted, waiting: how many lines marked 採用 it took over, and how many could not be."""

    def __init__(self, path: Path, data: bytes, before: bytes | None):
        self.path = path
        self.before = before
        self._data = with_origin(data, path.name)
        self._package = Package(self._data, path.name)
        workbook = Workbook(self._package)
        self.book: Book = read_book(workbook)
        for key in (LISTED, DIFFERENT, SENT, MASTER):
            spec = schema().desk[key]
            tab = workbook.find(spec.name)
            if tab is not None:
                most = len(SHEETS) * MAX_ROWS if key == SENT else None  # a row for each of theirs
                self.book.tables[key] = read_table(workbook, tab, spec, most=most)
        self._editor = Editor(workbook, self.book, schema().desk)
        self._employers: dict[str, str] = {}
        self.receipts = [received.read(row) for row in self.book.rows(LISTED)]
        self.master = employers_master.read(self.book)
        self._kept = [as_sent.read(row) for row in self.book.rows(SENT)]
        self.withdrawn_late: list[str] = []
        self.accepted = self.waiting = 0
        self._unsettled = sum(1 for row in self.book.rows(DIFFERENT) if _judgement(row) != "reject")

    @classmethod
    def open(cls, path: Path) -> "Worklist":
        """The worklist in a file, or a workbook of ours that may become one: nobody stands in its
        filings yet, and a register in it is the insurer's own (設定 names no employer). Raises BookError
        for any other file."""
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
        if workbook.find(schema().desk[LISTED].name) is None and _is_employers(book):
            raise BookError(
                f"「{path.name}」には、もう行が入っています。事業所のブックをまとめ先にはできません。",
                "別の名前を指定してください。組合の加入者台帳を取り込んだだけのブックは、「設定」の"
                "事業所記号と事業所名称を空欄にすると、まとめ先にできます。",
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

    def adopt(self, settings: Mapping[str, str]) -> bool:
        """Take over what the workbooks say of the insurer, where so far none could be read and 設定 has
        nothing; whether it was so. settings: by key."""
        read = any(receipt.state not in LISTED_AGAIN for receipt in self.receipts)
        blank = all(self.book.settings.get(key, Cell()).blank for key in settings)
        if read or not self.receipts or not blank or not settings:
            return False
        for key, text in settings.items():
            self._editor.set_cell("settings", self.book.setting_rows[key], "", text)
            self.book.settings[key] = Cell(text, TEXT)
        return True

    @property
    def settings(self) -> Settings:
        """The insurer's settings. Raises BookError for a wrong one."""
        return settings_module.read(self.book)

    @property
    def closed_days(self) -> frozenset[dt.date]:
        """The insurer's sheet 休日."""
        days = (row.date("date") for row in self.book.rows("closed_days"))
        return frozenset(day for day in days if day is not None)

    def known(self) -> Known:
        """What a merge must know besides the rows."""
        number = self.book.settings.get("insurer_number", Cell()).text
        return Known(self.master, self._kept, number)

    def standing(self) -> list[Line]:
        """The rows that have come from a file, with their places. A row without 受付番号 is the
        clerk's own and nobody's to replace, one whose cells she has emptied is taken out."""
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
            if not cells:
                continue
            origin = TakenRow(row.sheet, row.count("source_row") or 0, cells)
            lines.append(Line(receipt, origin, row.number, cells))
        return lines

    def put(self, merged: Merged, as_of: dt.date) -> None:
        """Write what has come of the files. as_of: the day for the live columns' stored values.

        Raises BookError when a sheet would hold more than 50,000 rows.
        """
        settings = settings_module.read(self.book)
        closed = closed_days(self.book, settings)
        self._employers = employers(merged.receipts, self.master)

        def calculated(line: Line) -> Mapping[str, CellValue]:
            if line.row.sheet not in FILINGS:
                return {}
            row = Row(line.row.sheet, line.place or 0, final_cells(line))
            return live_columns.values(row, settings, closed, settings.as_of or as_of)

        try:
            for sheet in SHEETS:
                lines = [line for line in merged.lines if line.row.sheet == sheet]
                self._put_sheet(sheet, lines, calculated)
            self._list(merged.receipts)
            self._list_differences(merged)
            self._keep(merged.kept)
        except BadMarkup:
            raise self._package.damaged() from None

    def _put_sheet(
        self,
        sheet: str,
        lines: list[Line],
        calculated: Callable[[Line], Mapping[str, CellValue]],
    ) -> None:
        new = [line for line in lines if line.place is None]
        table = self.book.tables[sheet]
        self._refuse_too_many(sheet, len(new), "フォルダーを分け、別々のブックにまとめてください。")
        for line in lines:
            if line.place is not None:
                self._renew(line, line.place, calculated(line))
        first = table.last_row + 1
        self._editor.append_rows(sheet, [{**self._values(n), **calculated(n)} for n in new])
        for number, line in enumerate(new, first):
            self._formats(sheet, number, line.row.cells)

    def _refuse_too_many(self, key: str, new: int, hint: str) -> None:
        """Raise BookError when a sheet would hold more rows than are read again."""
        if sum(1 for _ in self.book.rows(key)) + new > MAX_ROWS:
            name = (schema().sheets.get(key) or schema().desk[key]).name
            raise BookError(f"まとめると、シート「{name}」が{MAX_ROWS:,}行を超えます。", hint)

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
            if cell.kind != EMPTY:
                values[key] = _value(cell)
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
            there = replace(cell, number_format=self._editor.format_of(sheet, row, key))
            is_day = (spec.columns.get(key) or spec.extra[key]).type == "date"
            if cell.padded or is_day or there.text != cell.text:
                code = "" if is_date(cell.number_format) else cell.number_format
                self._editor.set_format(sheet, row, key, code)

    def _list(self, receipts: Iterable[Receipt]) -> None:
        new = []
        for receipt in receipts:
            values = received.written(receipt)
            if receipt.row is None:
                new.append(values)
            elif receipt.changed:
                for key, value in values.items():
                    self._editor.set_cell(LISTED, receipt.row, key, value)
        self._editor.append_rows(LISTED, new)

    def _list_differences(self, merged: Merged) -> None:
        """Add what is new to 差異; a line about a row that a newer file has renewed follows it."""
        places: set[tuple[str, str, int, str]] = set()
        for row in self.book.rows(DIFFERENT):
            found = differences.read(row)
            if found is None:
                continue
            origin = found.receipt_no, found.sheet, found.number
            newest = origin
            while newest in merged.moved:
                newest = merged.moved[newest]
            if newest != origin:
                self._editor.set_cell(DIFFERENT, row.number, "receipt_no", newest[0])
                self._editor.set_cell(DIFFERENT, row.number, "source_row", newest[2])
            places.add((newest[0], newest[1], newest[2], found.item))
        new = [one for one in merged.differences if one.place not in places]
        if new:
            self._refuse_too_many(
                DIFFERENT,
                len(new),
                "今ある行を判断して片付けてから(「採用」は --accept で取り込めます)、もう一度まとめてください。",
            )
            self._editor.append_rows(DIFFERENT, [one.values() for one in new])
        self._unsettled += len(new)

    @property
    def unsettled(self) -> int:
        """How many lines of 差異 nobody has settled; also those marked 採用 that aren't done yet."""
        return self._unsettled

    def _keep(self, kept: Sequence[AsSent]) -> None:
        if sorted(one.key for one in self._kept) == sorted(one.key for one in kept) and (
            {one.key: one for one in self._kept} == {one.key: one for one in kept}
        ):
            return
        names = {key: spec.name for key, spec in schema().sheets.items()}
        rows = [OutRow({**as_sent.written(one, names[one.sheet])}) for one in kept]
        self._editor.replace_rows(SENT, rows)

    def accept(self, again: Callable[[str, str], Taken | None]) -> "Worklist":
        """The worklist with the lines of 差異 marked 採用 taken over, and gone from there.

        again: reads a file anew by its fingerprint and name, for a 個人番号, which stands in no
        list; None when it isn't there any more, and the line stays.
        """
        lines = {
            (line.receipt.receipt_no, line.row.sheet, line.row.number): line
            for line in self.standing()
        }
        changed: dict[int, tuple[Line, dict[str, Cell]]] = {}
        late = []
        done = waiting = 0
        enrolled = {(r.sheet, r.number) for r in self.book.rows(*FILINGS) if r.text("enrolled")}
        for row in self.book.rows(DIFFERENT):
            found = differences.read(row)
            if found is None or _judgement(row) != "accept":
                continue
            line = lines.get((found.receipt_no, found.sheet, found.number))
            if line is None or line.place is None:
                waiting += 1
                continue
            if not found.item:
                self._empty(line.row.sheet, line.place)
                if (line.row.sheet, line.place) in enrolled:
                    name = line.row.cells.get("name", Cell()).safe
                    late.append(f"{name}({schema().sheets[line.row.sheet].name})")
            else:
                cell = self._arrived(found, line, again)
                if cell is None:
                    waiting += 1
                    continue
                _, cells = changed.setdefault(id(line), (line, dict(line.row.cells)))
                cells[found.item] = cell
            done += 1
            for key in schema().desk[DIFFERENT].columns:
                self._editor.set_cell(DIFFERENT, row.number, key, None)
        for line, cells in changed.values():
            self._rewrite(line, cells)
        accepted = Worklist(self.path, self._data_now(), self.before)
        accepted.withdrawn_late = late
        accepted.accepted, accepted.waiting = done, waiting
        return accepted

    def _arrived(
        self, found: Difference, line: Line, again: Callable[[str, str], Taken | None]
    ) -> Cell | None:
        """The cell to take over; None where it can't be had."""
        column = schema().sheets[found.sheet].columns[found.item]
        if found.item != as_sent.NUMBER:
            day = _day(found.theirs) if column.type == "date" else None
            return Cell(day, DATE) if day else Cell(found.theirs, TEXT if found.theirs else EMPTY)
        taken = again(line.receipt.fingerprint, line.receipt.file)
        rows = taken.rows if taken is not None else ()
        there = (r for r in rows if (r.sheet, r.number) == (found.sheet, found.number))
        return next((r.cells.get(found.item, Cell()) for r in there), None)

    def _rewrite(self, line: Line, cells: Mapping[str, Cell]) -> None:
        sheet, place = line.row.sheet, line.place or 0
        changed = {k: cell for k, cell in cells.items() if cell != line.row.cells.get(k)}
        for key, cell in changed.items():
            self._editor.set_cell(sheet, place, key, _value(cell))
        self._formats(sheet, place, changed)
        if sheet in FILINGS:
            settings = settings_module.read(self.book)
            closed = closed_days(self.book, settings)
            row = Row(sheet, place, dict(cells))
            day = settings.as_of or line.receipt.taken or line.receipt.received
            for key, value in live_columns.values(row, settings, closed, day).items():
                self._editor.set_cell(sheet, place, key, value)

    def add_employers(self, taken: Sequence[Taken]) -> None:
        """Put employers whose 記号 is not in 事業所 there, as their 設定 names them, once each; those of
        another insurer are none of ours."""
        ours = self.known().insurer_number
        own = [t for t in taken if not t.problem and not is_anothers(t.insurer, ours)]
        new: dict[str, dict[str, CellValue]] = {}
        lines: dict[str, str] = {}  # 記号 → the first of its line
        for one in sorted(own, key=lambda t: t.attachment.order):
            parts = tuple(map(fold_symbol, symbols_of(one.symbol)))
            if not parts or not one.employer or self.master.of_symbol(one.symbol):
                continue
            line = next((lines[part] for part in parts if part in lines), parts[0])
            lines |= dict.fromkeys(parts, line)
            before = str(new.get(line, {}).get("symbol", ""))
            new[line] = {
                "symbol": max(one.symbol, before, key=lambda text: len(symbols_of(text))),
                "name": one.employer,
                "address": one.address or None,
                "contact": one.contact or None,
            }
        if new:
            self._editor.append_rows(MASTER, list(new.values()))

    def rows(self, merged: Merged) -> dict[str, int]:
        """How many rows the worklist has with what was put into it, by sheet key."""
        counts = {}
        for sheet in SHEETS:
            new = sum(1 for m in merged.lines if m.row.sheet == sheet and m.place is None)
            counts[sheet] = len(self.book.tables[sheet].rows) + new
        return counts

    def _data_now(self) -> bytes:
        try:
            changed, added, removed = self._editor.parts()
        except BadMarkup:
            raise self._package.damaged() from None
        return self._package.rewritten(changed, added, removed)

    def save(self) -> None:
        """Put the file in its place, all or nothing. Raises BookError."""
        data = self._data_now()
        if self.before is None:
            with saving.making(self.path, new=True) as draft:
                draft.write_bytes(data)
        elif data != self.before:
            saving.save(self.path, data, self.before)


def _is_employers(book: Book) -> bool:
    """Whether a workbook that was never collected into is an employer's: with filings, or with people
    under an employer's name."""
    named = any(
        not book.settings.get(key, Cell()).blank for key in ("employer_name", "employer_symbol")
    )
    return any(book.rows(*FILINGS)) or (named and any(book.rows(*SHEETS)))


def _judgement(row: Row) -> str | None:
    return schema().key_of("judgement", row.text("judgement"))


def _day(text: str) -> dt.date | None:
    try:
        return era_date.parse(text).day
    except ValueError:
        return None


def _value(cell: Cell) -> CellValue:
    if isinstance(cell.value, (str, int, float, dt.date)) and cell.kind != ERROR:
        return cell.value
    return None


def _is_formula(sheet: str, key: str) -> bool:
    column = schema().sheets[sheet].columns.get(key)
    return column is not None and column.type == "formula"
