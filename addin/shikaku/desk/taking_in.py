"""Filings that reach the register: what each of 取得, 異動 and 喪失 puts into 加入者台帳.

Taken in is a filing that has been handed in (届出日), carries no error and says whom it is about. An
acquisition adds a row with the 番号 that the insurer has given, 該当 a dependant's; 非該当 and 喪失 write
the day of loss into the row of the person, 喪失 into those of the dependants too, whose cover ends with
the insured's (法36条; 健保則38条); 変更 writes what has changed. Whatever can't be told without a
person is left and listed. The filing's number stays where it is, for ``purge`` to find.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shikaku.desk.first_rows import FirstRows
from shikaku.desk.register_rows import Member, RegisterRows, places
from shikaku.model.people import Person, aside, person
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import DATE, ERROR, TEXT, Book, Cell, CellValue, Row

DONE = "enrolled"
"""Key of the filings' column that says when a row was taken in."""

REASONS = {
    "errors": "検証のエラーがあります",
    "no_number": "番号がまだありません",
    "no_branch": "枝番がまだありません",
    "no_insured": "被保険者が加入者台帳にいません",
    "no_person": "加入者台帳に同じ人がいません",
    "several": "加入者台帳に同じ人の行が2つ以上あります",
    "other_loss": "加入者台帳に別の資格喪失年月日があります",
    "no_event": "異動の別がありません",
}
"""Why a filing is left."""

_COPIED = (
    *("symbol", "number", "branch", "name", "kana", "birth", "sex", "relationship"),
    *("individual_number", "number_erased", "no_number_reason", "postal_code", "address"),
    *("department", "myna_status", "status_checked", "want", "want_reason"),
)
_CHANGED = ("name", "kana", "birth", "sex", "relationship", "postal_code", "address")
_ORIGIN = ("receipt_no", "received", "employer_symbol", "employer", "source_file")
_INSURED = {"insured": "dependant", "voluntary": "voluntary_dependant"}


@dataclass(frozen=True, slots=True)
class LeftFiling:
    """A filing that is left. sheet, row: its place; reason: a key of REASONS; rows: rows of
    加入者台帳 that it could be about."""

    sheet: str
    row: int
    reason: str
    rows: FirstRows = FirstRows()


@dataclass
class Enrollment:
    """What is to be written. added: new rows of 加入者台帳; changes: (row, key, value) of its cells;
    done: (sheet, row) of the filings taken in, ``already`` of them found there before."""

    added: list[dict[str, CellValue]] = field(default_factory=list)
    changes: list[tuple[int, str, CellValue]] = field(default_factory=list)
    done: list[tuple[str, int]] = field(default_factory=list)
    already: int = 0
    left: list[LeftFiling] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FILINGS, 0))


def plan(book: Book, wrong: Iterable[tuple[str, int]]) -> Enrollment:
    """What the filings of a workbook put into its register.

    wrong: (sheet key, row) of the filings with an error. A row taken in before is left alone.
    """
    return _Enrolling(book, set(wrong)).plan()


_NONE = FirstRows()


class _Enrolling:
    def __init__(self, book: Book, wrong: set[tuple[str, int]]):
        self.book, self.wrong = book, wrong
        self.result = Enrollment()
        self._register = RegisterRows()
        for row in book.rows("members"):
            if aside(row) is None:
                one = person(row)
                self._register.add(one, row.number, one.lost)

    def plan(self) -> Enrollment:
        take = {
            "acquisition": self._acquisition,
            "dependants": self._dependant,
            "loss": self._loss,
        }
        for sheet in FILINGS:
            for row in self.book.rows(sheet):
                if aside(row) is not None or row.text(DONE):
                    continue
                filing = person(row)
                if filing.filed is None:  # not handed in yet
                    continue
                if (sheet, row.number) in self.wrong:
                    self._leave(filing, "errors")
                elif take[sheet](row, filing):
                    self.result.done.append((sheet, row.number))
                    self.result.counts[sheet] += 1
        return self.result

    def _leave(self, filing: Person, reason: str, rows: FirstRows = _NONE) -> bool:
        self.result.left.append(LeftFiling(filing.sheet, filing.row, reason, rows))
        return False

    def _acquisition(self, row: Row, filing: Person) -> bool:
        if not (filing.symbol and filing.number):
            return self._leave(filing, "no_number")
        if self._register.is_current(filing):
            self.result.already += 1
            return True
        kind = filing.kind or "insured"
        values = _copied(row) | {"kind": kind, "acquired": filing.acquired}
        if not values.get("branch") and not filing.is_dependant:
            values["branch"] = "00"
        self._add(filing, values)
        return True

    def _dependant(self, row: Row, filing: Person) -> bool:
        if filing.event == "added":
            return self._added(row, filing)
        if filing.event not in ("removed", "changed"):
            return self._leave(filing, "no_event")
        member = self._only(filing, dependants=True)
        if member is None:
            return False
        if filing.event == "removed":
            return self._lose(filing, [member])
        for key in _CHANGED:
            cell = row.cells.get(key)
            if cell is not None and cell.text:
                self._change(member, key, _value(cell))
        return True

    def _added(self, row: Row, filing: Person) -> bool:
        if not (filing.symbol and filing.number):
            return self._leave(filing, "no_number")
        if not filing.branch:
            return self._leave(filing, "no_branch")
        insured = self._register.insured_of(filing)
        if insured is None:
            return self._leave(filing, "no_insured")
        if self._register.is_open(filing):
            self.result.already += 1
            return True
        kind = _INSURED.get(insured.person.kind or "", "dependant")
        values = _copied(row) | {"kind": kind, "acquired": filing.acquired}
        if not values.get("address"):  # 同居
            home = insured.person
            values |= {"postal_code": home.postal_code, "address": home.address}
        values["department"] = insured.person.department
        self._add(filing, values)
        return True

    def _loss(self, row: Row, filing: Person) -> bool:
        member = self._only(filing, dependants=False)
        if member is None:
            return False
        dependants = self._register.dependants_of(filing)
        family = [m for m in dependants if m.joined_before(filing.lost)]
        return self._lose(filing, [member, *family])

    def _only(self, filing: Person, *, dependants: bool) -> Member | None:
        """The one row that is still open, or already has that very day; None is told."""
        fits = self._register.fitting(filing, dependants=dependants)
        if len(fits) == 1:
            return fits[0]
        if fits:
            self._leave(filing, "several", places(fits))
            return None
        same = self._register.rows_of(filing, dependants=dependants)
        self._leave(filing, "other_loss" if same else "no_person", same)
        return None

    def _lose(self, filing: Person, members: list[Member]) -> bool:
        if all(m.lost == filing.lost for m in members):
            self.result.already += 1
        for member in members:
            if member.lost is None:
                self._change(member, "lost", filing.lost)
                self._register.close(member, filing.lost)
        return True

    def _add(self, filing: Person, values: dict[str, CellValue]) -> None:
        self.result.added.append(values)
        # A loss of the same run finds the row to be added and writes into it.
        self._register.add(filing, -len(self.result.added), None)

    def _change(self, member: Member, key: str, value: CellValue) -> None:
        if member.place < 0:
            self.result.added[-member.place - 1][key] = value
        else:
            self.result.changes.append((member.place, key, value))


def _copied(row: Row) -> dict[str, CellValue]:
    """The cells of a filing that its row of the register takes over as they are."""
    columns = schema().sheets["members"].columns
    keys: list[str] = [key for key in _COPIED if key in columns]
    found: Mapping[str, Cell] = {k: row.cells[k] for k in (*keys, *_ORIGIN) if k in row.cells}
    return {key: _value(cell) for key, cell in found.items() if cell.kind != ERROR}


def _value(cell: Cell) -> CellValue:
    value = cell.value
    if cell.kind == TEXT and isinstance(value, str):
        return value
    if cell.kind == DATE and isinstance(value, dt.date):
        return value
    return cell.text or None
