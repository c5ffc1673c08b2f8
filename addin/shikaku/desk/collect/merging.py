"""Which rows of which files count: copies once, a correction in place of what it corrects.

Files are looked at in the order of receipt (day, last change, name). Of one employer (事業所記号 and
名称; where one of the files leaves one of them blank, the other and a person in both) a later file

* is a copy when every row is the same as in an earlier one;
* is a correction when one filing at least stands in both (the same person on the same sheet, the
  same kind of change, the days no more than 60 apart): its filings take the place of the earlier
  file's;
* is a further submission when none does: its filings count besides the earlier ones.

Its 加入者台帳, when it has rows, takes the place of the earlier one either way: a register is a
state, a filing is an event. A row that takes the place of another keeps that row's line in the
worklist, with what the insurer has put in there: 記号・番号・枝番 and 届出日 where the employer leaves
them blank, and the newer look at the Myna card's status.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shikaku.desk.collect import pairing
from shikaku.desk.collect.employers import bond
from shikaku.desk.collect.pairing import Line
from shikaku.desk.collect.reading import Taken
from shikaku.desk.collect.received import Receipt
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import Cell
from shikaku.system.masking import bare

STATUS = ("myna_status", "e_certificate_expiry", "status_checked")
KEPT_WHEN_BLANK = ("symbol", "number", "branch", "filed")
"""What the insurer puts in: an employer's blank doesn't take it away."""


@dataclass
class Merged:
    """What the worklist is to hold. lines: every row that counts and is new or changed; emptied:
    (sheet key, Excel row) of rows that don't count any more; receipts: all, old ones first."""

    receipts: list[Receipt]
    lines: list[Line] = field(default_factory=list)
    emptied: list[tuple[str, int]] = field(default_factory=list)


def merge(
    receipts: Sequence[Receipt], standing: Iterable[Line], files: Iterable[Taken], as_of: dt.date
) -> Merged:
    """Bring newly read files together with what the worklist holds.

    receipts: the lines of 受付一覧; standing: the worklist's rows; files: in any order; as_of: the
    day of taking. Files known by their fingerprint must have been left out before.
    """
    work = _Work(receipts, standing, as_of)
    for taken in sorted(files, key=lambda t: t.attachment.order):
        work.add(taken)
    return work.result()


class _Work:
    def __init__(self, receipts: Sequence[Receipt], standing: Iterable[Line], as_of: dt.date):
        self.receipts = list(receipts)
        self.as_of = as_of
        self.lines: dict[str, list[Line]] = defaultdict(list)  # by receipt number
        for line in standing:
            self.lines[line.receipt.receipt_no].append(line)
        self.touched: list[Line] = []
        self.emptied: list[tuple[str, int]] = []
        self.contents = {r.content: r for r in receipts if r.content and r.state != "unreadable"}
        numbers = [int(n) for r in receipts if (n := r.receipt_no[1:]).isdecimal()]
        self.last = max(numbers, default=0)

    def add(self, taken: Taken) -> None:
        receipt = self._receipt(taken)
        if taken.problem:
            receipt.state = "unreadable"
            receipt.notes = [taken.problem]
            return
        twin = self.contents.setdefault(taken.content, receipt)
        if twin is not receipt:
            self._duplicate(receipt, twin)
            return
        lines = [Line(receipt, row) for row in taken.rows]
        others = self._of_employer(receipt, lines)
        for earlier in others:
            if pairing.same_rows([line.row for line in self.lines[earlier.receipt_no]], taken.rows):
                self._duplicate(receipt, earlier)
                return
        self._take(receipt, lines, others)

    def _receipt(self, taken: Taken) -> Receipt:
        """The file's line; the one it had while it couldn't be read."""
        item = taken.attachment
        known = (
            r
            for r in self.receipts
            if r.state == "unreadable"
            and r.fingerprint == taken.fingerprint
            and r.file == item.shown
        )
        receipt = next(known, None)
        if receipt is None:
            self.last += 1
            receipt = Receipt(f"R{self.last:05d}", "", item.shown, item.received, item.modified)
            self.receipts.append(receipt)
        receipt.state = "taken"
        receipt.symbol, receipt.employer = taken.symbol, taken.employer
        receipt.counts = taken.counts
        receipt.errors, receipt.warnings = taken.errors, taken.warnings
        receipt.notes = list(taken.notes)
        receipt.taken = self.as_of
        receipt.fingerprint, receipt.content = taken.fingerprint, taken.content
        receipt.fresh = receipt.changed = True
        return receipt

    def _duplicate(self, receipt: Receipt, twin: Receipt) -> None:
        receipt.state = "duplicate"
        receipt.notes = [f"{twin.receipt_no}「{bare(twin.file)}」と同じ内容です"]

    def _of_employer(self, receipt: Receipt, lines: Sequence[Line]) -> list[Receipt]:
        """Other files of the employer whose rows count."""
        found = []
        for other in self.receipts:
            theirs = self.lines.get(other.receipt_no)
            if other is receipt or not theirs:
                continue
            tie = bond(receipt, other)
            if tie == "same" or tie == "likely" and pairing.pairs(theirs, lines):
                found.append(other)
            elif tie == "renamed" and pairing.pairs(_filings(theirs), _filings(lines)):
                receipt.say(
                    f"{other.receipt_no}「{bare(other.file)}」に、同じ記号で同じ人の届出があります。"
                    "事業所名称が違うため差し替えていません(訂正なら、前の届出の行を消してください)"
                )
        return found

    def _take(self, receipt: Receipt, lines: list[Line], others: Iterable[Receipt]) -> None:
        filings = _filings(lines)
        register = [line for line in lines if line.row.sheet == "members"]
        for other in sorted(others, key=lambda r: r.order):
            theirs = self.lines[other.receipt_no]
            old_filings = _filings(theirs)
            old_register = [line for line in theirs if line.row.sheet == "members"]
            corrected = bool(pairing.pairs(old_filings, filings))
            if other.order > receipt.order:  # an old file that has come to light
                if corrected:
                    self._superseded(receipt, other, [*filings, *old_filings])
                    filings = []
                if old_register and register:
                    self._superseded(receipt, other, ())
                    register = []
                continue
            if corrected:
                self._replace(other, receipt, old_filings, filings)
            elif old_filings and filings:
                receipt.say(f"{other.receipt_no}と重なる届出がないため、追加の届出としました")
            if old_register and register:
                self._replace(other, receipt, old_register, register)
        kept = [*register, *filings]
        self.lines[receipt.receipt_no] = kept
        self.touched += kept
        if lines and not kept:
            receipt.state = "replaced"

    def _superseded(self, receipt: Receipt, newer: Receipt, lines: Sequence[Line]) -> None:
        note = f"後から届いた{newer.receipt_no}「{bare(newer.file)}」があるため取り込みません"
        if note not in receipt.notes:
            receipt.say(note)
        mine = [line for line in lines if line.receipt is receipt]
        gone = pairing.unmatched(mine, [line for line in lines if line.receipt is newer])
        self._tell_gone(receipt, gone)

    def _replace(self, old: Receipt, new: Receipt, before: list[Line], after: list[Line]) -> None:
        """The new lines take the old ones' places."""
        pairs = pairing.pairs(before, after)
        for one, other in pairs:
            if one.place is not None:
                other.place, other.old = one.place, one.old
                one.place = None
        paired = {id(one) for one, _ in pairs}
        gone = [line for line in before if id(line) not in paired]
        self.emptied += [(line.row.sheet, line.place) for line in gone if line.place is not None]
        replaced = {id(line) for line in before}
        self.lines[old.receipt_no] = [
            line for line in self.lines[old.receipt_no] if id(line) not in replaced
        ]
        self.touched = [line for line in self.touched if id(line) not in replaced]
        if not self.lines[old.receipt_no]:
            old.state = "replaced"
            old.say(f"{new.receipt_no}「{bare(new.file)}」に差し替えました")
            new.say(f"{old.receipt_no}「{bare(old.file)}」を差し替えました")
        else:
            sheets = dict.fromkeys(schema().sheets[line.row.sheet].name for line in before)
            old.say(f"{'・'.join(sheets)}を{new.receipt_no}に差し替えました")
        self._tell_gone(old, [line for line in gone if line.row.sheet in FILINGS])

    @staticmethod
    def _tell_gone(receipt: Receipt, gone: Sequence[Line]) -> None:
        """Filings that only the file out of force has: nobody must lose one unawares."""
        rows = defaultdict(list)
        for line in gone:
            rows[line.row.sheet].append(line.row.number)
        for sheet, numbers in rows.items():
            listed = "・".join(map(str, sorted(numbers)[:10]))
            more = f"ほか{len(numbers) - 10}件" if len(numbers) > 10 else ""
            receipt.say(
                f"このファイルだけにある{schema().sheets[sheet].name} {listed}行目{more}は"
                "届出から外れました"
            )

    def result(self) -> Merged:
        return Merged(self.receipts, self.touched, self.emptied)


# ------------------------------------------------------------------ who is who


def _filings(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.row.sheet in FILINGS]


def final_cells(line: Line) -> dict[str, Cell]:
    """The cells to stand in the worklist: the file's, and what the insurer has put in."""
    cells = dict(line.row.cells)
    if line.old is None:
        return cells
    for key in KEPT_WHEN_BLANK:
        if key not in cells and key in line.old:
            cells[key] = line.old[key]
    mine, theirs = (pairing.day_of(found, "status_checked") for found in (cells, line.old))
    if theirs is not None and (mine is None or theirs > mine):
        for key in STATUS:
            cells.pop(key, None)
            if key in line.old:
                cells[key] = line.old[key]
    return cells
