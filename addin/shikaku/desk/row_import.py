"""A list's lines as rows of a sheet: read by their fields, held against the people already there.

Every value is text until its column reads it: a day becomes a day, a drop-down's value one of its
list, all else stays the text that it is (``0012``, a number of twelve digits, ``NA``). A line that
can't be read, stands twice in the list or is on the sheet already is listed and left alone; nothing
that stands on a sheet is changed.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from shikaku.desk.first_rows import FirstRows
from shikaku.desk.import_mapping import ImportMapping, Joined, takers
from shikaku.desk.known_people import KnownPeople
from shikaku.desk.list_reading import ListFile, ListLine
from shikaku.fields import era_date
from shikaku.fields.text import half_width
from shikaku.model.schema import Column, schema
from shikaku.model.tables import DATE, NUMBER, TEXT, Book, Cell, CellValue, Row
from shikaku.system.errors import UsageError
from shikaku.workbook.labels import plain_label

NEEDED = ("name", "birth")
"""Columns without which nobody can be told apart."""

REASONS = {
    "no_name": "氏名か生年月日が空です",
    "bad_date": "日付として読めません",
    "bad_choice": "選択肢にない値です",
    "bad_count": "0以上の整数ではありません",
    "double": "一覧の中に同じ人の行があり、内容も同じです",
    "differs": "一覧の中に同じ人の行があり、内容が違います",
    "there": "同じ人の行がすでにシートにあります",
}
"""Why a line is not written."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A line that is listed and left alone. reason: of REASONS; columns: keys of the columns that it
    is about; rows: rows of the sheet, lines: lines of the list with the same person."""

    line: int
    reason: str
    columns: tuple[str, ...] = ()
    rows: FirstRows = FirstRows()
    lines: FirstRows = FirstRows()


@dataclass(frozen=True, slots=True)
class NewRow:
    """A line to be written. values: by column key; row: the same as a reader would have it."""

    line: int
    values: dict[str, CellValue]
    row: Row

    def __repr__(self) -> str:
        return f"<NewRow {self.line}>"


class RowImport:
    """A list against a sheet. rows: what is to be written, in the list's order; unwritten: the
    lines left alone; unknown: headings that nothing reads; missing: labels of columns of the sheet
    that the list doesn't have, the required ones; lost_zeros: labels of columns of identifiers in
    which the list has numbers, whose leading zeros may be gone."""

    def __init__(self, listed: ListFile, mapping: ImportMapping, book: Book, sheet: str):
        self.listed, self.mapping, self.book, self.sheet = listed, mapping, book, sheet
        self.columns = takers(sheet)
        self._require()
        self.unwritten: list[Unwritten] = []
        self.rows: list[NewRow] = []
        self._work()
        self.unwritten.sort(key=lambda item: item.line)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Column key → columns of the list, several where they are joined."""
        found: dict[str, list[int]] = {}
        for key in self.columns:
            place = self.listed.column(self.mapping.headings_of(self.sheet, key))
            several = self._joined_columns(self._joined.get(key, Joined(())))
            if len(several) > 1 or (several and place is None):
                found[key] = several
            elif place is not None:
                found[key] = [place]
        return found

    def _joined_columns(self, group: Joined) -> list[int]:
        columns = (self.listed.column([heading]) for heading in group.headings)
        return [column for column in columns if column is not None]

    @cached_property
    def _joined(self) -> dict[str, Joined]:
        """Column key → the first group of headings of which the list has any: an address of 住民票
        and that of today are two, and never one text."""
        found = {}
        for key, groups in self.mapping.joined.items():
            there = (group for group in groups if self._joined_columns(group))
            found[key] = next(there, Joined(()))
        return found

    def _require(self) -> None:
        """Raise UsageError when names or birth dates have no column, or one has two."""
        label = schema().sheets[self.sheet].label
        lacking = [label(key) for key in NEEDED if key not in self._places]
        if lacking:
            raise UsageError(
                f"「{self.listed.name}」の{self.listed.header_line}行目に、"
                f"見出し「{'」「'.join(lacking)}」がありません。",
                "一覧の見出しに合わせて、対応表(--mapping)の [columns] に書き足してください。",
            )
        header = [plain_label(text) for text in self.listed.header]
        used = {header[place] for places in self._places.values() for place in places}
        twice = sorted({text for text in used if header.count(text) > 1})
        if twice:
            raise UsageError(
                f"「{self.listed.name}」の{self.listed.header_line}行目に、"
                f"見出し「{'」「'.join(twice)}」が2つ以上あります。",
                "どちらを取り込むか決めて、もう一方の見出しを変えてください。",
            )

    @property
    def used(self) -> list[str]:
        """Headings of the list that go into the sheet, in the list's order."""
        places = {place for places in self._places.values() for place in places}
        return [self.listed.header[place] for place in sorted(places)]

    @property
    def unknown(self) -> list[str]:
        """Headings of the list that go nowhere."""
        used = {place for places in self._places.values() for place in places}
        return [text for i, text in enumerate(self.listed.header) if text and i not in used]

    @property
    def missing(self) -> list[str]:
        """Labels of required columns that no heading of the list fills."""
        filled = {*self._places, *self.mapping.fixed}
        return [c.label for k, c in self.columns.items() if c.required and k not in filled]

    @property
    def lost_zeros(self) -> list[str]:
        """Labels of columns of identifiers that the list has as numbers."""
        kinds = ("digits", "postal", "individual_number")
        return [
            column.label
            for key, column in self.columns.items()
            if column.type in kinds and self.listed.numbers & set(self._places.get(key, ()))
        ]

    def lacking(self) -> list[str]:
        """Labels of columns that the rows have values for and the sheet in the book doesn't have."""
        there = self.book.tables[self.sheet].columns
        used = {key for row in self.rows for key in row.values}
        return [c.label for k, c in self.columns.items() if k in used and k not in there]

    # ---------------------------------------------------------------- lines

    def _work(self) -> None:
        read = [new for record in self.listed.records if (new := self._read(record))]
        wanted = [(new.row, frozenset(new.values.items())) for new in read]
        known = KnownPeople(self.book, self.sheet, wanted)
        for new in read:
            if rows := known.on_sheet(new.line):
                self.unwritten.append(Unwritten(new.line, "there", rows=rows))
                continue
            alike, differ = known.in_list(new.line)
            if differ:
                self.unwritten.append(Unwritten(new.line, "differs", lines=alike))
            elif any(line < new.line for line in alike):
                self.unwritten.append(Unwritten(new.line, "double", lines=alike))
            else:
                self.rows.append(new)

    def _read(self, record: ListLine) -> NewRow | None:
        """The line as a row; None, and the reason listed, when it can't be read."""
        values: dict[str, CellValue] = {}
        wrong: dict[str, list[str]] = defaultdict(list)
        for key, column in self.columns.items():
            text = self._text(record, key)
            if not text:
                continue
            try:
                values[key] = self._value(key, column, text)
            except ValueError:
                reason = {"date": "bad_date", "choice": "bad_choice"}.get(column.type, "bad_count")
                wrong[reason].append(key)
        if not wrong and not all(values.get(key) for key in NEEDED):
            wrong["no_name"] += [key for key in NEEDED if not values.get(key)]
        for reason, keys in wrong.items():
            self.unwritten.append(Unwritten(record.line, reason, tuple(keys)))
        if wrong:
            return None
        row = Row(self.sheet, record.line, {k: _cell(v) for k, v in values.items()})
        return NewRow(record.line, values, row)

    def _text(self, record: ListLine, key: str) -> str:
        texts = [record.values[place] for place in self._places.get(key, ())]
        text = self._joined.get(key, Joined(())).by.join(filter(None, texts))
        fixed = self.mapping.fixed.get(key, "")
        if text or not fixed:
            return text
        column = self.columns[key]
        return schema().lists[column.list][fixed] if column.type == "choice" else fixed

    def _value(self, key: str, column: Column, text: str) -> CellValue:
        """The value as its cell takes it. Raises ValueError."""
        if column.type == "date":
            return era_date.parse(text).day
        if column.type == "count":
            number = half_width(text)
            if not (number.isascii() and number.isdigit() and len(number) < 9):
                raise ValueError(key)
            return int(number)
        if column.type == "choice":
            ours = self.mapping.values.get(key, {}).get(plain_label(text))
            labels = schema().lists[column.list]
            if ours is None:
                plain = {plain_label(label): own for own, label in labels.items()}
                ours = plain.get(plain_label(text))
            if ours is None:
                raise ValueError(key)
            return labels[ours]
        return text


def _cell(value: CellValue) -> Cell:
    if isinstance(value, dt.date):
        return Cell(value, DATE)
    return Cell(value, NUMBER if isinstance(value, int) else TEXT)
