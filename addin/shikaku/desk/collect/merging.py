"""Which rows of which files count: copies once, a correction in place of what it corrects.

Files are looked at in the order of receipt (day, last change, name). Of one employer (its 記号; where
one of the files leaves it blank, the name and a person in both) a later file

* is a copy when every row is the same as in an earlier one;
* corrects the rows of the earlier file that stand in both (the same person on the same sheet, the
  same kind of change, the days no more than 60 apart); the earlier file's other rows stay;
* adds what stands in none.

**Silence is no withdrawal.** A row that a correction of its sheet leaves out may be withdrawn, or was
simply not sent again: it stays and is listed in 差異.

**The clerk's changes stay.** A cell is compared three ways: as it was sent, as it stands now, as it is
sent now. Who has changed it has it; where both have, hers stays and 差異 lists the cell. A row that
she took out of the worklist stays out. 記号・番号・枝番 and 届出日 that the insurer has put in outlive an
employer's blank, and the newer look at the Myna card's status counts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shikaku.desk.collect import pairing
from shikaku.desk.collect.as_sent import NUMBER, AsSent, cell_mark, cell_marks, person_marks
from shikaku.desk.collect.differences import ANOTHER_NUMBER, MISSING, STANDS, Difference
from shikaku.desk.collect.employers import Senders, bond, remarks
from shikaku.desk.collect.pairing import Line, SharedTraits
from shikaku.desk.collect.reading import Taken
from shikaku.desk.collect.received import LISTED_AGAIN, Receipt
from shikaku.model.employers import Employers, fold_symbol
from shikaku.model.schema import schema
from shikaku.model.tables import Cell
from shikaku.system.masking import bare

STATUS = ("myna_status", "e_certificate_expiry", "status_checked")
KEPT_WHEN_BLANK = ("symbol", "number", "branch", "filed")
"""What the insurer puts in: an employer's blank doesn't take it away."""


@dataclass
class Known:
    """What the worklist knows besides its rows. master: 事業所; kept: every row as it was sent, also
    of those that the clerk has taken out; insurer_number: of 設定, "" for none."""

    master: Employers = field(default_factory=Employers)
    kept: Sequence[AsSent] = ()
    insurer_number: str = ""


@dataclass
class Merged:
    """What the worklist is to hold. lines: every row that counts and is new or changed; receipts:
    all, old ones first; differences: for the clerk; moved: the origin of a row of the worklist
    before → after; kept: all rows as they were sent."""

    receipts: list[Receipt]
    lines: list[Line] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    moved: dict[tuple[str, str, int], tuple[str, str, int]] = field(default_factory=dict)
    kept: list[AsSent] = field(default_factory=list)


def merge(
    receipts: Sequence[Receipt],
    standing: Iterable[Line],
    files: Iterable[Taken],
    as_of: dt.date,
    known: Known | None = None,
) -> Merged:
    """Bring newly read files together with what the worklist holds.

    receipts: the lines of 受付一覧; standing: the worklist's rows; files: in any order; as_of: the
    day of taking. Files known by their fingerprint must have been left out before.
    """
    work = _Merging(receipts, standing, as_of, known or Known())
    for taken in sorted(files, key=lambda t: t.attachment.order):
        work.add(taken)
    return work.result()


class _Merging:
    def __init__(
        self, receipts: Sequence[Receipt], standing: Iterable[Line], as_of: dt.date, known: Known
    ):
        self.receipts = list(receipts)
        self.as_of = as_of
        self.known = known
        self.lines: dict[str, list[Line]] = defaultdict(list)  # by receipt number
        for line in standing:
            self.lines[line.receipt.receipt_no].append(line)
        self._take_out()
        self.by_number = {r.receipt_no: r for r in reversed(self.receipts)}
        self.shared = SharedTraits()
        self.senders = Senders(self.known.master)
        self.of_file: dict[str, list[Receipt]] = defaultdict(list)
        for receipt in self.receipts:
            self.senders.note(receipt)
            self.of_file[receipt.file].append(receipt)
        self.touched: dict[int, Line] = {}
        self.left_out: dict[int, tuple[Line, Receipt]] = {}
        self.moved: dict[tuple[str, str, int], tuple[str, str, int]] = {}
        settled = ("unreadable", "skipped")
        self.contents = {r.content: r for r in receipts if r.content and r.state not in settled}
        self.called: dict[str, str] = {}
        for receipt in sorted(self.receipts, key=lambda r: r.order):
            self._call(receipt)
        numbers = [int(n) for r in receipts if (n := r.receipt_no[1:]).isdecimal()]
        self.last = max(numbers, default=0)

    def _take_out(self) -> None:
        """What stood in the worklist and is there no longer: a person has taken it out."""
        there = {_origin(line) for lines in self.lines.values() for line in lines}
        self.kept = {one.key: one for one in self.known.kept}
        self.taken_out = [one for key, one in self.kept.items() if key not in there]
        self.taken_out_of: dict[tuple[str, str], set[str]] = defaultdict(set)  # files by mark
        for one in self.taken_out:
            for mark in one.people:
                self.taken_out_of[one.sheet, mark].add(one.receipt_no)

    def _call(self, receipt: Receipt) -> None:
        if receipt.symbol and receipt.employer and receipt.state not in LISTED_AGAIN:
            self.called[fold_symbol(receipt.symbol)] = receipt.employer

    def add(self, taken: Taken) -> None:
        receipt = self._receipt(taken)
        if taken.problem:
            receipt.state = "skipped" if taken.aside else "unreadable"
            receipt.notes = [taken.problem]
            return
        if is_anothers(taken.insurer, self.known.insurer_number):
            receipt.state = "skipped"
            receipt.notes = [
                f"別の保険者(保険者番号 {taken.insurer['insurer_number']})あてのブックのため、"
                "取り込みません"
            ]
            return
        twin = self.contents.setdefault(taken.content, receipt)
        if twin is not receipt:
            self._duplicate(receipt, twin)
            return
        lines = [Line(receipt, row) for row in taken.rows]
        others = self._of_employer(receipt, lines)
        for earlier in others:
            if pairing.same_lines(self.lines[earlier.receipt_no], lines):
                self._duplicate(receipt, earlier)
                return
        called = self.called.get(fold_symbol(receipt.symbol), "")
        receipt.notes += remarks(receipt, self.known.master, called)
        self._call(receipt)
        self._take(receipt, self._not_taken_out(receipt, lines), others)

    def _receipt(self, taken: Taken) -> Receipt:
        """The file's line; the one it had while it couldn't be taken, also before it was mended."""
        item = taken.attachment
        known = [r for r in self.of_file[item.shown] if r.state in LISTED_AGAIN]
        same = [r for r in known if r.fingerprint == taken.fingerprint]
        mended = [r for r in known if not r.fresh]  # two names may be shown as one
        receipt = next(iter((*same, *mended[::-1])), None)
        if receipt is None:
            self.last += 1
            receipt = Receipt(f"R{self.last:05d}", "", item.shown, item.received, item.modified)
            self.receipts.append(receipt)
            self.of_file[receipt.file].append(receipt)
            self.by_number.setdefault(receipt.receipt_no, receipt)
        receipt.state = "taken"
        receipt.symbol, receipt.employer = taken.symbol, taken.employer
        self.senders.note(receipt)
        receipt.counts = taken.counts
        receipt.errors, receipt.warnings = taken.errors, taken.warnings
        receipt.notes = list(taken.notes)
        receipt.received, receipt.modified = item.received, item.modified
        receipt.taken = self.as_of
        receipt.fingerprint, receipt.content = taken.fingerprint, taken.content
        receipt.fresh = receipt.changed = True
        return receipt

    def _duplicate(self, receipt: Receipt, twin: Receipt) -> None:
        receipt.state = "duplicate"
        receipt.notes = [f"{twin.receipt_no}「{bare(twin.file)}」と同じ内容です"]

    def _of_employer(self, receipt: Receipt, lines: Sequence[Line]) -> list[Receipt]:
        """Other files of the employer whose rows count."""
        ties = [
            (other, tie)
            for other in self.senders.near(receipt)
            if other is not receipt
            and self.lines.get(other.receipt_no)
            and (tie := bond(receipt, other, self.known.master))
        ]
        for other, _ in ties:
            self.shared.note(other.receipt_no, self.lines[other.receipt_no])
        near = self.shared.near(lines)
        return [
            other
            for other, tie in ties
            if tie == "same"
            or other.receipt_no in near
            and pairing.pairs(self.lines[other.receipt_no], lines)
        ]

    def _not_taken_out(self, receipt: Receipt, lines: list[Line]) -> list[Line]:
        """The rows but those that the clerk has taken out of the worklist before."""
        files_out: list[set[str]] = [
            set().union(
                *(
                    self.taken_out_of.get((line.row.sheet, mark), ())
                    for mark in person_marks(line.row, line.traits)
                )
            )
            for line in lines
        ]
        ours = {no for no in set().union(*files_out) if self._same_employer(receipt, no)}
        stay: list[Line] = []
        out: list[Line] = []
        for line, files in zip(lines, files_out, strict=True):
            (stay if ours.isdisjoint(files) else out).append(line)
        if out:
            receipt.say(f"前に組合が一覧から外した届出のため取り込みません: {_rows_of(out)}")
        return stay

    def _same_employer(self, receipt: Receipt, receipt_no: str) -> bool:
        other = self.by_number.get(receipt_no)
        return other is not None and bond(receipt, other, self.known.master) != ""

    def _take(self, receipt: Receipt, lines: list[Line], others: Iterable[Receipt]) -> None:
        """Let each row take the place of the one that it corrects, the others stand beside."""
        overlapping = False
        offered = bool(lines)
        near = self.shared.near(lines)
        for other in sorted(others, key=lambda r: r.order):
            if other.receipt_no not in near:
                continue
            found = pairing.pairs(self.lines[other.receipt_no], lines)
            overlapping = overlapping or bool(found)
            if other.order > receipt.order:  # an old file that has come to light
                lines = self._give_way(receipt, other, lines, found)
            elif found:
                self._replace(other, receipt, found)
        if not overlapping and any(self.lines[other.receipt_no] for other in others):
            receipt.say("前のファイルと重なる届出がないため、追加の届出としました")
        self.lines[receipt.receipt_no] = lines
        self.touched |= {id(line): line for line in lines}
        if offered and not lines:
            receipt.state = "replaced"

    def _give_way(
        self, receipt: Receipt, newer: Receipt, lines: list[Line], found: list[tuple[Line, Line]]
    ) -> list[Line]:
        old = {id(line) for _, line in found}
        if old:
            receipt.say(
                f"後から届いた{newer.receipt_no}「{bare(newer.file)}」にある届出は取り込みません: "
                + _rows_of([line for _, line in found])
            )
        return [line for line in lines if id(line) not in old]

    def _replace(self, old: Receipt, new: Receipt, found: list[tuple[Line, Line]]) -> None:
        """The new lines take the old ones' places; what the new file leaves out stays."""
        for one, other in found:
            other.place, other.old, other.sent = one.place, one.old, self._sent(one)
            self.moved[_origin(one)] = _origin(other)
            self.touched.pop(id(one), None)
            self.left_out.pop(id(one), None)
        replaced = {id(one) for one, _ in found}
        before = self.lines[old.receipt_no]
        self.lines[old.receipt_no] = rest = [line for line in before if id(line) not in replaced]
        if not rest:
            self.shared.forget(old.receipt_no)
            old.state = "replaced"
            old.say(f"{new.receipt_no}「{bare(new.file)}」に差し替えました")
            new.say(f"{old.receipt_no}「{bare(old.file)}」を差し替えました")
            return
        old.say(f"{_rows_of([one for one, _ in found])}を{new.receipt_no}に差し替えました")
        sheets = {one.row.sheet for one, _ in found}
        missing = [line for line in rest if line.row.sheet in sheets]
        self.left_out |= {id(line): (line, new) for line in missing}
        if missing:
            old.say(
                f"{new.receipt_no}にない届出は残しました: {_rows_of(missing)}"
                "(取下げかどうかをシート「差異」で決めてください)"
            )

    def _sent(self, line: Line) -> dict[str, str] | None:
        """The marks of a row that stands in the worklist; of one that came in this run there is
        nothing of the clerk's to keep."""
        kept = self.kept.get(_origin(line))
        return kept.cells if kept is not None else None

    def result(self) -> Merged:
        merged = Merged(self.receipts, list(self.touched.values()), moved=self.moved)
        merged.differences = [
            _difference(line, "", STANDS, MISSING, new) for line, new in self.left_out.values()
        ]
        for line in merged.lines:
            _, conflicts = settled(line)
            merged.differences += [
                _difference(line, key, ours, theirs, line.receipt)
                for key, ours, theirs in conflicts
            ]
        now = {one.key: one for one in self.taken_out}
        for lines in self.lines.values():
            for line in lines:
                kept = self.kept.get(_origin(line))
                if id(line) in self.touched or kept is None:
                    kept = AsSent(
                        *_origin(line),
                        person_marks(line.row, line.traits),
                        cell_marks(line.row.cells),
                    )
                now[kept.key] = kept
        merged.kept = list(now.values())
        return merged


def _origin(line: Line) -> tuple[str, str, int]:
    return line.receipt.receipt_no, line.row.sheet, line.row.number


def is_anothers(insurer: Mapping[str, str], ours: str) -> bool:
    """Whether a file's 設定 name another insurer than ``ours``, "" for not known. insurer: what they
    say, by key."""
    theirs = insurer.get("insurer_number", "")
    return bool(ours and theirs) and _insurer(ours) != _insurer(theirs)


def _insurer(number: str) -> str:
    return fold_symbol(number).lstrip("0")


def _rows_of(lines: Iterable[Line]) -> str:
    """Rows by sheet, for a sentence; at most ten of a sheet."""
    rows: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        rows[line.row.sheet].append(line.row.number)
    parts = []
    for sheet, numbers in rows.items():
        listed = "・".join(map(str, sorted(numbers)[:10]))
        more = f"ほか{len(numbers) - 10}件" if len(numbers) > 10 else ""
        parts.append(f"{schema().sheets[sheet].name} {listed}行目{more}")
    return "、".join(parts)


def _difference(line: Line, key: str, ours: str, theirs: str, new: Receipt) -> Difference:
    cells = final_cells(line)
    texts = {k: cells[k].text if k in cells else "" for k in ("symbol", "number", "branch", "name")}
    record = texts["symbol"], texts["number"], texts["branch"]
    receipt_no, sheet, number = _origin(line)
    return Difference(sheet, key, ours, theirs, new.file, receipt_no, number, record, texts["name"])


# ------------------------------------------------------------------ cell by cell


def final_cells(line: Line) -> dict[str, Cell]:
    """The cells to stand in the worklist: the file's, and what the insurer has put in."""
    return settled(line)[0]


Conflict = tuple[str, str, str]
"""A cell that both have changed: column key, what stands, what was sent."""


def settled(line: Line) -> tuple[dict[str, Cell], list[Conflict]]:
    """The cells to stand in the worklist, and those that both the clerk and the sender changed."""
    theirs = line.row.cells
    if line.old is None:
        return dict(theirs), []
    cells: dict[str, Cell] = {}
    conflicts: list[Conflict] = []
    for key in dict.fromkeys((*theirs, *line.old)):
        choice = _whose(key, line.sent, line.old.get(key), theirs.get(key))
        if choice == "both":
            conflicts.append(_conflict(key, line.old.get(key), theirs.get(key)))
        cell = theirs.get(key) if choice == "sender" else line.old.get(key)
        if cell is not None:
            cells[key] = cell
    newer = _newer_status(theirs, line.old)
    if newer is None:
        return cells, conflicts
    for key in STATUS:
        cells.pop(key, None)
        if key in newer:
            cells[key] = newer[key]
    return cells, [one for one in conflicts if one[0] not in STATUS]


def _newer_status(
    theirs: Mapping[str, Cell], ours: Mapping[str, Cell]
) -> Mapping[str, Cell] | None:
    """The cells with the newer 状況確認日, a dated before an undated; None when neither is."""
    sent, known = (pairing.day_of(found, "status_checked") for found in (theirs, ours))
    if known is not None and (sent is None or known > sent):
        return ours
    if sent is not None and (known is None or sent > known):
        return theirs
    return None


def _whose(key: str, sent: Mapping[str, str] | None, old: Cell | None, new: Cell | None) -> str:
    """Whose cell counts: ``clerk``, ``sender``, or ``both`` have changed it to something else."""
    before, now = cell_mark(key, old), cell_mark(key, new)
    if before and not now and key in KEPT_WHEN_BLANK:
        return "clerk"
    if sent is None:  # nobody knows how it was sent: a worklist of an older version
        return "sender"
    if key == NUMBER and before == now == "good":
        same = old is not None and new is not None and old.text == new.text
        return "sender" if same else "both"
    base = sent.get(key, "")
    if before in (base, now):
        return "sender"
    return "clerk" if now == base else "both"


def _conflict(key: str, old: Cell | None, new: Cell | None) -> Conflict:
    if key == NUMBER:  # no digit of it, here or anywhere
        return key, STANDS if old else "", ANOTHER_NUMBER if new else ""
    return key, old.text if old else "", new.text if new else ""
