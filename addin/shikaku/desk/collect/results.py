"""Many files read on all cores, and what became of each of them."""

import datetime as dt
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.desk.collect.inbox import Attachment
from shikaku.desk.collect.reading import SHEETS, Reader, Taken, take
from shikaku.desk.collect.received import Receipt
from shikaku.model.schema import schema
from shikaku.system.masking import bare
from shikaku.system.work import Job, Lost, cores

FEW = 6
"""Up to so many files starting processes takes longer than reading."""

SECONDS = 120.0
"""When a worker counts as hung over one file. A full one of 50,000 rows takes some ten, and has
some 10 MB."""

SECONDS_A_MB = 20.0
"""What the clock gives a larger file besides."""


def read_files(
    attachments: Sequence[Attachment], passwords: Sequence[str], as_of: dt.date
) -> Iterator[Taken]:
    """Every file read, in any order. A file that kills or hangs a worker is reported like any other
    that can't be read."""
    processors = cores()
    with _Progress(len(attachments)) as bar:
        if len(attachments) <= FEW or processors < 2:
            tried = list(passwords)
            found: Iterable[Taken] = (take(item, tried, as_of) for item in attachments)
        else:
            found = _in_workers(attachments, passwords, as_of, min(processors, len(attachments)))
        for taken in found:
            bar.step()
            yield taken


def _in_workers(
    attachments: Sequence[Attachment], passwords: Sequence[str], as_of: dt.date, size: int
) -> Iterator[Taken]:
    from shikaku.system.worker_pool import Pool

    pool = Pool(Reader, size)
    pool.teach("passwords", list(passwords))
    pool.teach("as_of", as_of)
    complete = False
    try:
        for job, result in pool.run((_job(item) for item in attachments), deque()):
            if isinstance(result, Lost):
                why = "時間がかかりすぎる" if result.hung else "読む途中で処理が止まった"
                yield Taken(
                    job.work, "", problem=f"{why}ため読めません。送り主に確かめてください。"
                )
            else:
                yield result
        complete = True
    finally:
        pool.close(patience=5.0 if complete else 1.0)


def _job(item: Attachment) -> Job:
    try:
        size = item.path.stat().st_size
    except OSError:
        size = 0
    return Job(item, SECONDS + SECONDS_A_MB * size / (1 << 20))


class _Progress:
    """Progress on a terminal, nothing elsewhere."""

    def __init__(self, total: int):
        self._bar = None
        if sys.stderr.isatty() and total > FEW:
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="冊", desc="取込", file=sys.stderr)

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self) -> None:
        """One file more is read."""
        if self._bar is not None:
            self._bar.update()


@dataclass
class CollectResult:
    """The result of ``collect``. receipts: the files looked at in this run, in order of receipt;
    closed: folders that can't be looked into; known: files taken on an earlier day; debris: hidden
    and temporary files passed over; altered: receipts of earlier days whose state has changed;
    rows: how many rows the worklist has now, by sheet key; unsettled: open lines of 差異."""

    book: Path
    as_of: dt.date
    receipts: list[Receipt]
    closed: list[Attachment] = field(default_factory=list)
    altered: list[Receipt] = field(default_factory=list)
    known: int = 0
    debris: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unsettled: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Files by state, those of earlier days aside."""
        found = Counter(r.state for r in self.receipts)
        return {state: found[state] for state in schema().lists["receipt_state"]}

    @property
    def exit_status(self) -> int:
        """1 when a file or folder can't be read, a taken one has errors, or 差異 has open lines."""
        bad = any(r.state == "unreadable" or r.state == "taken" and r.errors for r in self.receipts)
        return 1 if bad or self.closed or self.unsettled else 0

    def to_json(self) -> dict:
        """Every file with its state, and the sums."""
        return {
            "book": self.book.name,
            "as_of": self.as_of.isoformat(),
            "counts": self.counts,
            "known": self.known,
            "rows": self.rows,
            "unsettled": self.unsettled,
            "files": [self._file(r) for r in [*self.receipts, *self.altered]],
            "skipped": [
                *({"file": a.shown, "reason": a.reason} for a in self.closed),
                *(
                    {"file": bare(r.file), "reason": " ".join(r.notes)}
                    for r in self.receipts
                    if r.state == "skipped"
                ),
            ],
        }

    @staticmethod
    def _file(receipt: Receipt) -> dict:
        return {
            "receipt_no": receipt.receipt_no,
            "file": bare(receipt.file),
            "received": receipt.received.isoformat(),
            "employer": receipt.employer,
            "state": receipt.state,
            "rows": {key: receipt.counts.get(key, 0) for key in SHEETS},
            "errors": receipt.errors,
            "warnings": receipt.warnings,
            "notes": receipt.notes,
        }

    def lines(self) -> list[str]:
        """One line a file, what is to be noticed below it, then the sums."""
        states = schema().lists["receipt_state"]
        out = []
        for receipt in [*self.receipts, *self.altered]:
            rows = sum(receipt.counts.values())
            counts = f"{rows}行、エラー {receipt.errors}件、警告 {receipt.warnings}件"
            what = (
                ""
                if receipt.state in ("unreadable", "skipped")
                else f" {receipt.employer}({counts})"
            )
            out.append(
                f"{receipt.receipt_no} 【{states[receipt.state]}】{bare(receipt.file)}{what}"
            )
            out += [f"    → {note}" for note in receipt.notes]
        for item in self.closed:
            out += [f"【{states['unreadable']}】{item.shown}", f"    → {item.reason}"]
        if self.unsettled:
            name = schema().desk["differences"].name
            out.append(
                f"シート「{name}」に、判断の要る行が {self.unsettled}件 あります。「判断」に 採用・却下 の"
                "どちらかを書き、採用した分は --accept を付けて取り込んでください。"
            )
        return [*out, *self.notes, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        states = schema().lists["receipt_state"]
        counts = "、".join(f"{states[key]} {n}冊" for key, n in self.counts.items() if n)
        known = f"、前回までに取込済 {self.known}冊" if self.known else ""
        debris = f"(ほかに隠しファイルなど {self.debris}個)" if self.debris else ""
        sheets = schema().sheets
        rows = "、".join(f"{sheets[key].name} {n}行" for key, n in self.rows.items())
        files = f"{counts or '新しいブックはありません'}{known}{debris}"
        return f"{self.book.name} にまとめました: {files}。いまの行数は {rows} です。"
