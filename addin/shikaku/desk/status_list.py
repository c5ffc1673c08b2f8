"""The national list of Myna card registrations, matched with 加入者台帳 and put into cells.

A line belongs to a row when 記号・番号・枝番 and the birth date are the same, and to one row only.
Whatever fits no row, or more than one, is listed with its line and left alone. What the register
knows better stays: a later 状況確認日, and the member's own circumstances (登録済だが利用困難,
紛失・更新中) that no national list can know of.
"""

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from shikaku.desk import list_reading
from shikaku.desk.first_rows import FirstRows
from shikaku.fields import era_date
from shikaku.identity import matching
from shikaku.identity.matching import fold_number
from shikaku.model.people import Person, person
from shikaku.model.schema import schema
from shikaku.model.tables import DATE, TEXT, Book, Cell, Row, Table
from shikaku.system.errors import UsageError, cause
from shikaku.system.masking import bare
from shikaku.system.reading import bounded
from shikaku.system.resources import folder
from shikaku.workbook.labels import plain_label

REQUIRED = ("symbol", "number", "birth", "status")
OPTIONAL = ("branch", "expiry", "checked")
KEYS = {"status": "myna_status", "expiry": "e_certificate_expiry", "checked": "status_checked"}
"""Column of the mapping → column of 加入者台帳."""

OWN = ("registered_unusable", "lost_or_renewing")
"""Statuses that a member has reported, and that 「利用登録済」 of the list doesn't undo."""

REASONS = {
    "no_person": "記号・番号・枝番の合う人が台帳にいません",
    "birth_differs": "記号・番号・枝番の合う人と、生年月日が違います",
    "no_branch": "枝番の合う人がいません(記号・番号と生年月日の合う行はあります)",
    "several": "合う行が台帳に2つ以上あります",
    "twice": "同じ人の行がリストに2つ以上あり、内容が違います",
    "left": "資格を喪失しています",
    "bad_birth": "生年月日を日付として読めません",
    "bad_date": "日付を読めません",
    "no_key": "記号または番号が空です",
    "no_birth": "生年月日が空です",
    "unknown_value": "登録状況の値が対応表にありません",
    "older": "台帳の状況確認日の方が新しいため、そのままにします",
    "own": "本人の事情が台帳にあるため、状況はそのままにします",
}
"""Why a line changes nothing; ``own`` lines may still bring a new expiry."""


@dataclass(frozen=True)
class Mapping:
    """A mapping file. columns: our name → headings; values: value of the list → key of the list
    ``myna_status``; checked_on: the day of the data when no column has it."""

    columns: dict[str, list[str]]
    values: dict[str, str]
    checked_on: dt.date | None = None

    @property
    def headings(self) -> set[str]:
        """Every heading that a column may have."""
        return {heading for headings in self.columns.values() for heading in headings}

    @classmethod
    def load(cls, path: Path | None) -> "Mapping":
        """From a file, default the shipped one. Raises UsageError for a wrong one."""
        path = path or folder("workbooks") / "status-mapping.toml"
        data = load_toml(path)
        columns, values = data.get("columns", {}), data.get("values", {})
        day = data.get("checked_on")
        wrong = sorted(set(data) - {"columns", "values", "checked_on"})
        if day is not None and type(day) is not dt.date:  # a text, or a moment
            wrong.append("checked_on")
        if _are_headings(columns) and isinstance(values, dict):
            wrong = [*_wrong_columns(columns), *wrong, *_unknown_statuses(values)]
        else:
            wrong = [*REQUIRED, *wrong]
        if wrong:
            raise UsageError(
                f"対応表「{path.name}」が正しくありません({'、'.join(wrong)})。",
                "添付の status-mapping.toml を写して直してください。",
            )
        return cls(columns, {_plain(k): v for k, v in values.items()}, day)


def _are_headings(columns: object) -> bool:
    """Whether a table of the mapping gives a list of headings for each name."""
    return isinstance(columns, dict) and all(
        isinstance(names, list) and all(isinstance(text, str) for text in names)
        for names in columns.values()
    )


def _wrong_columns(columns: dict[str, list[str]]) -> list[str]:
    """The names that are missing, then those that we don't know."""
    lacking = [name for name in REQUIRED if not columns.get(name)]
    return lacking + sorted(set(columns) - {*REQUIRED, *OPTIONAL})


def _unknown_statuses(values: dict[str, object]) -> list[str]:
    """The list's words that stand for no status of ours."""
    known = schema().lists["myna_status"]
    return [word for word, status in values.items() if str(status) not in known]


_MAPPING = 1 << 20
"""Bytes: far more than a table of columns has."""


def load_toml(path: Path) -> dict:
    """A mapping file. Raises UsageError: missing, no TOML (with the line)."""
    try:
        return tomllib.loads(bounded(path, _MAPPING).decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"対応表「{path.name}」を読めません({cause(error)})。",
            "ファイルの名前と場所を確かめてください。",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        place = str(error)[str(error).rfind("(at") :] if "(at" in str(error) else ""
        raise UsageError(
            f"対応表「{path.name}」がTOMLとして読めません{place}。",
            "添付の対応表と見比べて、引用符や括弧を確かめてください。",
        ) from None


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: before and after as the user sees them; ``value`` is what is written; ``was``: the
    key of a status before, None for a blank and for days."""

    row: int
    key: str
    before: str
    after: str
    value: str | dt.date
    was: str | None = None


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A line that changes nothing, or not its status. reason: a key of REASONS; rows: rows of
    加入者台帳 that it could be about; detail: more, "" for nothing."""

    line: int
    reason: str
    rows: FirstRows = FirstRows()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _ReadLine:
    """A readable line of the list."""

    line: int
    key: tuple[str, str, str]
    birth: dt.date
    status: str
    expiry: dt.date | None
    checked: dt.date

    @property
    def facts(self) -> tuple:
        return self.status, self.expiry, self.checked


_Family = tuple[str, str]
_Key = tuple[str, str, str]


class _MembersByRecord:
    """Rows of 加入者台帳 by 記号・番号・枝番 and by 記号・番号, each alone and with the birth date; current:
    of those that have not left on the day."""

    def __init__(self, people: Iterable[Person], as_of: dt.date) -> None:
        self.by_key: dict[_Key, list[int]] = {}
        self.born_by_key: dict[tuple[_Key, dt.date | None], list[int]] = {}
        self.born_by_family: dict[tuple[_Family, dt.date | None], list[int]] = {}
        self.current: dict[tuple[_Key, dt.date | None], list[int]] = {}
        for one in people:
            family = fold_number(one.symbol), fold_number(one.number)
            key = *family, matching.branch(one.branch, insured=not one.is_dependant)
            self.by_key.setdefault(key, []).append(one.row)
            self.born_by_key.setdefault((key, one.birth), []).append(one.row)
            self.born_by_family.setdefault((family, one.birth), []).append(one.row)
            if one.lost is None or one.lost > as_of:
                self.current.setdefault((key, one.birth), []).append(one.row)


class Import:
    """The list against the register. ``changes`` and ``left`` are what came of it."""

    def __init__(self, sheet: list_reading.ListFile, mapping: Mapping, book: Book, as_of: dt.date):
        self.sheet, self.mapping, self.book, self.as_of = sheet, mapping, book, as_of
        self.changes: list[Change] = []
        self.left: list[LeftLine] = []
        self.matched = 0
        self._rows = {row.number: row for row in book.rows("members")}
        self._people = _MembersByRecord(map(person, self._rows.values()), as_of)
        self._work()
        self.left.sort(key=lambda item: item.line)

    @cached_property
    def _columns(self) -> dict[str, int | None]:
        found = {key: self.sheet.column(names) for key, names in self.mapping.columns.items()}
        lacking = [key for key in REQUIRED if found.get(key) is None]
        if lacking:
            names = "、".join(f"「{self.mapping.columns[key][0]}」" for key in lacking)
            raise UsageError(
                f"「{self.sheet.name}」の{self.sheet.header_line}行目に、見出し{names}がありません。",
                "一覧の見出しに合わせて、対応表(--mapping)の [columns] に書き足してください。",
            )
        return {key: found.get(key) for key in (*REQUIRED, *OPTIONAL)}

    def _work(self) -> None:
        entries: dict[int, list[_ReadLine]] = defaultdict(list)
        for record in self.sheet.records:
            entry = self._entry(record)
            if entry is not None and (row := self._row(entry)) is not None:
                entries[row].append(entry)
        for row, found in entries.items():
            if len({entry.facts for entry in found}) > 1:
                self.left += [LeftLine(entry.line, "twice", FirstRows((row,))) for entry in found]
                continue
            self.matched += 1
            self._propose(self._rows[row], found[0])

    def _entry(self, record: list_reading.ListLine) -> _ReadLine | None:
        def value(key: str) -> str:
            number = self._columns[key]
            return record.values[number] if number is not None else ""

        def day(key: str) -> dt.date | None:
            return era_date.parse(value(key)).day if value(key) else None

        if not (value("symbol") and value("number")):
            self.left.append(LeftLine(record.line, "no_key"))
            return None
        try:
            birth = day("birth")
        except ValueError:
            self.left.append(LeftLine(record.line, "bad_birth"))
            return None
        if birth is None:
            self.left.append(LeftLine(record.line, "no_birth"))
            return None
        status = self.mapping.values.get(_plain(value("status")))
        if status is None:
            detail = _harmless(value("status")) or "空"
            self.left.append(LeftLine(record.line, "unknown_value", detail=detail))
            return None
        try:
            expiry = day("expiry")
            checked = day("checked") or self.mapping.checked_on or self.as_of
        except ValueError:
            self.left.append(LeftLine(record.line, "bad_date"))
            return None
        key = (
            fold_number(value("symbol")),
            fold_number(value("number")),
            matching.branch(value("branch"), insured=True),
        )
        return _ReadLine(record.line, key, birth, status, expiry, checked)

    def _row(self, entry: _ReadLine) -> int | None:
        """The row of the register that a line is about; None (and a reason) without doubt only."""
        people, (family, key, birth) = self._people, (entry.key[:2], entry.key, entry.birth)
        current = people.current.get((key, birth), ())
        if len(current) == 1:
            return current[0]
        if current:
            reason, rows = "several", people.born_by_key[key, birth]
        elif (key, birth) in people.born_by_key:
            reason, rows = "left", people.born_by_key[key, birth]
        elif key in people.by_key:
            reason, rows = "birth_differs", people.by_key[key]
        elif (family, birth) in people.born_by_family:
            reason, rows = "no_branch", people.born_by_family[family, birth]
        else:
            reason, rows = "no_person", []
        self.left.append(LeftLine(entry.line, reason, FirstRows.of(rows)))
        return None

    def _propose(self, row: Row, entry: _ReadLine) -> None:
        known = row.date("status_checked")
        if known is not None and known > entry.checked:
            self.left.append(LeftLine(entry.line, "older", FirstRows((row.number,))))
            return
        if entry.expiry is not None:
            self._day(row, "e_certificate_expiry", entry.expiry)
        before = row.choice("myna_status")
        if entry.status == "registered" and before in OWN:
            self.left.append(LeftLine(entry.line, "own", FirstRows((row.number,))))
            return
        if before != entry.status:
            label = schema().lists["myna_status"][entry.status]
            self.changes.append(
                Change(row.number, "myna_status", row.text("myna_status"), label, label, before)
            )
        self._day(row, "status_checked", entry.checked)

    def _day(self, row: Row, key: str, day: dt.date) -> None:
        if row.date(key) != day:
            before = row.date(key)
            text = before.isoformat() if before else row.text(key)
            self.changes.append(Change(row.number, key, text, day.isoformat(), day))


def applied(book: Book, changes: Iterable[Change]) -> Book:
    """The book with the changes made, in memory; the old one stays as it is."""
    cells: dict[int, dict[str, Cell]] = defaultdict(dict)
    for change in changes:
        kind = DATE if isinstance(change.value, dt.date) else TEXT
        cells[change.row][change.key] = Cell(change.value, kind)
    table = book.tables["members"]
    rows = [
        Row(row.sheet, row.number, {**row.cells, **cells[row.number]}, row.hidden)
        if row.number in cells
        else row
        for row in table.rows
    ]
    new = Table(table.spec, table.header_row, table.columns, rows, table.last_row)
    return replace(book, tables={**book.tables, "members": new})


def lacking_columns(book: Book, changes: Sequence[Change]) -> list[str]:
    """Labels of the columns that the changes need and 加入者台帳 doesn't have."""
    spec, there = schema().sheets["members"], book.tables["members"].columns
    return [
        spec.label(key)
        for key in KEYS.values()
        if key not in there and any(c.key == key for c in changes)
    ]


def _plain(text: str) -> str:
    return plain_label(text)


def _harmless(text: str) -> str:
    """A value for a message: short, and no long number."""
    text = bare(text, 20)
    return text if sum(c.isdigit() for c in text) < 8 else "＊"
