"""Filings that reach the register: what each of 取得, 異動 and 喪失 puts into 加入者台帳.

Taken in is a filing that has been handed in (届出日), carries no error and says whom it is about. An
acquisition adds a row with the 番号 that the insurer has given, 該当 a dependant's; 非該当 and 喪失 write
the day of loss into the row of the person, 喪失 into those of the dependants too, whose cover ends with
the insured's (法36条; 健保則38条); 変更 writes what has changed. Whatever can't be told without a
person is left and listed. The filing's number stays where it is, for ``purge`` to find.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shikaku.desk.first_rows import FirstRows
from shikaku.identity.matching import fold_kana, fold_name, household, same_person
from shikaku.model.people import Person, aside, person
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import DATE, ERROR, TEXT, Book, Cell, CellValue, Row

DONE = "enrolled"
"""Key of the filings' column that says when a row was taken in."""

REASONS = {
    "errors": "検証のエラーがあります(直し方は shikaku check で分かります)",
    "no_number": "番号がまだありません",
    "no_branch": "枝番がまだありません",
    "no_insured": "被保険者が加入者台帳にいません",
    "no_person": "加入者台帳に同じ人がいません",
    "several": "加入者台帳に同じ人の行が2つ以上あります",
    "other_loss": "加入者台帳に別の資格喪失年月日があります",
    "differs": "加入者台帳の行と違います。どちらが正しいかを確かめ、台帳か届出を直してください",
    "no_event": "異動の別がありません",
}
"""Why a filing is left."""

OF_CARDS = ("LS03", "LS08", "LS09")
"""Errors about the certificates that came with a filing, or didn't: the loss stands all the same, and
返納管理 follows the certificates."""

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
    加入者台帳 that it could be about; name: whose it is; codes: of its errors; columns: labels of what
    the register has otherwise."""

    sheet: str
    row: int
    reason: str
    rows: FirstRows = FirstRows()
    name: str = ""
    codes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


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


def plan(book: Book, wrong: Mapping[tuple[str, int], Iterable[str]]) -> Enrollment:
    """What the filings of a workbook put into its register.

    wrong: (sheet key, row) of the filings with an error → its codes; ``OF_CARDS`` alone don't count. A
    row taken in before is left alone.
    """
    return _Enrolling(book, wrong).plan()


@dataclass
class _Member:
    """A row of the register, also one that is only to be added. place: its Excel row, 0 for new."""

    person: Person
    place: int
    lost: dt.date | None


class _Enrolling:
    def __init__(self, book: Book, wrong: Mapping[tuple[str, int], Iterable[str]]):
        found = {place: tuple(dict.fromkeys(codes)) for place, codes in wrong.items()}
        self.book = book
        self.wrong = {place: codes for place, codes in found.items() if {*codes} - {*OF_CARDS}}
        self.result = Enrollment()
        self._members: dict[tuple[str, str], list[_Member]] = defaultdict(list)
        self._same_rows: dict[tuple[object, ...], list[_Member]] = {}
        for row in book.rows("members"):
            if aside(row) is None:
                one = person(row)
                self._put(_Member(one, row.number, one.lost))

    def _put(self, member: _Member) -> None:
        self._members[_family(member.person)].append(member)

    def plan(self) -> Enrollment:
        take = {
            "acquisition": self._acquisition,
            "dependants": self._dependant,
            "loss": self._loss,
        }
        for row, filing in sorted(self._handed_in(), key=_in_time):
            if (row.sheet, row.number) in self.wrong:
                self._leave(filing, "errors")
            elif take[row.sheet](row, filing):
                self.result.done.append((row.sheet, row.number))
                self.result.counts[row.sheet] += 1
        self.result.left.sort(key=lambda one: (FILINGS.index(one.sheet), one.row))
        return self.result

    def _handed_in(self) -> Iterator[tuple[Row, Person]]:
        """The filings that have been handed in and not been taken in."""
        for row in self.book.rows(*FILINGS):
            if aside(row) is None and not row.text(DONE):
                filing = person(row)
                if filing.filed is not None:
                    yield row, filing

    def _leave(
        self,
        filing: Person,
        reason: str,
        found: Iterable[_Member] = (),
        columns: Iterable[str] = (),
    ) -> bool:
        rows = FirstRows.of(sorted(m.place for m in found if m.place > 0))
        codes = self.wrong.get((filing.sheet, filing.row), ())
        left = LeftFiling(
            filing.sheet, filing.row, reason, rows, filing.name, codes, tuple(columns)
        )
        self.result.left.append(left)
        return False

    def _same(self, filing: Person) -> list[_Member]:
        """The rows of the register that are the filing's person."""
        members = self._members[_family(filing)]
        # A filing copied down a thousand times is held against the family once.
        said = filing.name, filing.birth, filing.branch, filing.is_dependant
        key = _family(filing), said, len(members)
        if key not in self._same_rows:
            self._same_rows[key] = [m for m in members if same_person(m.person, filing)]
        return self._same_rows[key]

    def _acquisition(self, row: Row, filing: Person) -> bool:
        if not (filing.symbol and filing.number):
            return self._leave(filing, "no_number")
        current = [
            m
            for m in self._same(filing)
            if m.lost is None or filing.acquired is None or m.lost > filing.acquired
        ]
        if current:
            return self._known(row, filing, current)
        kind = filing.kind or "insured"
        values = _copied(row) | {"kind": kind, "acquired": filing.acquired}
        if not values.get("branch") and not filing.is_dependant:
            values["branch"] = "00"
        self._add(filing, values)
        return True

    def _known(self, row: Row, filing: Person, current: list[_Member]) -> bool:
        """A newcomer whom the register has: nothing is written over, what it lacks of the number is
        filled in, and a filing that says otherwise (a correction) is for a person to settle."""
        member = next((m for m in current if not _differing(filing, m.person)), None)
        if member is None:
            apart = [_differing(filing, m.person) for m in current]
            fewest = min(apart, key=len)
            return self._leave(filing, "differs", current, fewest)
        self.result.already += 1
        number = row.cell("individual_number")
        if member.person.number_state in ("blank", "later") and filing.number_mark:
            self._change(member, "individual_number", _value(number))
            self._change(member, "no_number_reason", None)
        return True

    def _dependant(self, row: Row, filing: Person) -> bool:
        if filing.event == "added":
            return self._added(row, filing)
        if filing.event not in ("removed", "changed"):
            return self._leave(filing, "no_event")
        member = self._only(filing, [m for m in self._same(filing) if m.person.is_dependant])
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
        insured = [
            m
            for m in self._members[_family(filing)]
            if not m.person.is_dependant and m.lost is None
        ]
        if not insured:
            return self._leave(filing, "no_insured")
        if current := [m for m in self._same(filing) if m.lost is None]:
            return self._known(row, filing, current)
        kind = _INSURED.get(insured[0].person.kind or "", "dependant")
        values = _copied(row) | {"kind": kind, "acquired": filing.acquired}
        if not values.get("address"):  # 同居
            home = insured[0].person
            values |= {"postal_code": home.postal_code, "address": home.address}
        values["department"] = insured[0].person.department
        self._add(filing, values)
        return True

    def _loss(self, row: Row, filing: Person) -> bool:
        member = self._only(filing, [m for m in self._same(filing) if not m.person.is_dependant])
        if member is None:
            return False
        family = [
            m
            for m in self._members[_family(filing)]
            if m.person.is_dependant and m.lost is None and _joined_before(m, filing.lost)
        ]
        return self._lose(filing, [member, *family])

    def _only(self, filing: Person, same: list[_Member]) -> _Member | None:
        """The one row that is still open, or already has that very day; None is reported."""
        day = filing.lost
        fits = [m for m in same if m.lost is None or day is not None and m.lost == day]
        fits = [m for m in fits if _joined_before(m, day)] or fits
        if len(fits) == 1:
            return fits[0]
        reason = "several" if fits else "other_loss" if same else "no_person"
        self._leave(filing, reason, fits or same)
        return None

    def _lose(self, filing: Person, members: list[_Member]) -> bool:
        if all(m.lost == filing.lost for m in members):
            self.result.already += 1
        for member in members:
            if member.lost is None:
                self._change(member, "lost", filing.lost)
                member.lost = filing.lost
        return True

    def _add(self, filing: Person, values: dict[str, CellValue]) -> None:
        self.result.added.append(values)
        self._put(_Member(filing, 0, None))
        # A loss of the same run finds the row to be added and writes into it.
        self._members[_family(filing)][-1].place = -len(self.result.added)

    def _change(self, member: _Member, key: str, value: CellValue) -> None:
        if member.place < 0:
            self.result.added[-member.place - 1][key] = value
        else:
            self.result.changes.append((member.place, key, value))


_ORDER = {"removed": 0, "loss": 1, "acquisition": 2, "added": 3, "changed": 4}


def _in_time(item: tuple[Row, Person]) -> tuple[dt.date, int, int]:
    """By the day of the event; of one day the end comes first, since a cover may end and begin anew on
    one day (法36条), then the insured before the family."""
    row, filing = item
    day = filing.lost or filing.acquired or row.date("event_date") or dt.date.max
    kind = filing.event if row.sheet == "dependants" else row.sheet
    return day, _ORDER.get(kind or "", len(_ORDER)), row.number


def _differing(filing: Person, member: Person) -> list[str]:
    """Labels of what a certificate says and of 個人番号, where a filing and the register disagree; a
    blank says nothing."""
    pairs = {
        "name": (fold_name(filing.name), fold_name(member.name)),
        "kana": (fold_kana(filing.kana), fold_kana(member.kana)),
        "birth": (filing.birth, member.birth),
        "sex": (filing.sex, member.sex),
        "acquired": (filing.acquired, member.acquired),
        "individual_number": (filing.number_mark, member.number_mark),
    }
    columns = schema().sheets["members"]
    return [
        columns.label(key)
        for key, (theirs, ours) in pairs.items()
        if theirs and ours and theirs != ours
    ]


def _family(one: Person) -> tuple[str, str]:
    return household(one) or ("", "")


def _joined_before(member: _Member, day: dt.date | None) -> bool:
    acquired = member.person.acquired
    return acquired is None or day is None or acquired < day


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
