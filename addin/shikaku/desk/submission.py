"""The employer's copy for the insurer: checked, put under a password, opened again, receipted.

What is encrypted is the very bytes that were checked. The plain workbook is never written anywhere,
and the encrypted one counts only after it was read back from the disk, opened with the password
and found to hold the same bytes.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.checks.catalogue import Finding
from shikaku.desk import receipt
from shikaku.desk.collect.reading import SHEETS
from shikaku.model.people import aside
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book
from shikaku.system import encryption, saving
from shikaku.system.errors import BookError, UsageError
from shikaku.system.masking import bare
from shikaku.system.reading import read_file
from shikaku.workbook.closed_file import ClosedBook, read_bytes


class Snapshot(ClosedBook):
    """A closed file whose bytes were read once: what is checked is what is sent. Only for reading."""

    def __init__(self, path: Path):
        super().__init__(path)
        self.data = read_file(path)

    def read(self) -> Book:
        """The workbook's tables. Raises BookError."""
        book = read_bytes(self.data, self.path.name)
        book.path = str(self.path)
        return book


@dataclass
class SubmitResult:
    """The result of ``submit``. made: whether the file was written; findings: all of them;
    sheets: (name, rows, errors, warnings); fingerprint: SHA-256 of the encrypted file."""

    book: str
    as_of: dt.date
    out: Path
    findings: list[Finding]
    sheets: list[tuple[str, int, int, int]]
    made: bool = False
    fingerprint: str = ""
    receipts: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Findings by severity."""
        found = Counter(f.severity for f in self.findings)
        return {severity: found[severity] for severity in ("error", "warning", "info")}

    @property
    def exit_status(self) -> int:
        """1 with errors, whether they stopped it or were allowed."""
        return 1 if self.counts["error"] else 0

    def to_json(self) -> dict:
        """What was sent, and what stands against it."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "made": self.made,
            "out": self.out.name,
            "fingerprint": self.fingerprint,
            "receipts": [path.name for path in self.receipts],
            "counts": self.counts,
            "rows": {name: rows for name, rows, _, _ in self.sheets},
            "findings": [f.to_json() for f in self.findings],
        }

    def lines(self) -> list[str]:
        """The errors when they stopped it, else what was made; then the sum."""
        out = []
        if not self.made:
            for f in self.findings:
                if f.severity == "error":
                    out += [f"[エラー {f.code}] {f.place} {f.message}", f"    → {f.hint}"]
        else:
            out.append(f"暗号化した写し: {self.out}")
            out += [f"送付票: {path}" for path in self.receipts]
            out.append(f"指紋(SHA-256): {self.fingerprint}")
            out += [f"{name}: {rows}件" for name, rows, _, _ in self.sheets]
        return [*out, *self.notes, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        counts = self.counts
        found = f"エラー {counts['error']}件、警告 {counts['warning']}件"
        if not self.made:
            return (
                f"エラーがあるため、写しを作っていません({found})。直してからもう一度実行するか、"
                "このまま送るときは --allow-errors を付けてください。"
            )
        return (
            f"暗号化した写しを作り、開いて中身が同じことを確かめました({found})。"
            "パスワードは、ファイルとは別の方法で伝えてください。"
        )


def refuse_target(book: Path, out: Path) -> None:
    """Raise when the copy can't have that name: another ending than the workbook's, the workbook
    itself, or a file that is no encrypted copy (an older copy gives way)."""
    if out.suffix.lower() != book.suffix.lower():
        raise UsageError(
            f"写しの名前「{out.name}」の終わりがブックと違います。",
            f"--out には {book.suffix} で終わる名前を指定してください。",
        )
    if out.exists():
        if out.is_dir() or out.samefile(book):
            raise UsageError(
                f"「{out.name}」はブックそのもの、またはフォルダーです。",
                "--out には別の名前を指定してください。",
            )
        if not encryption.is_sealed(read_file(out)):
            raise BookError(
                f"「{out.name}」はもうあり、暗号化した写しではありません。",
                "--out には別の名前を指定してください。",
            )


def by_sheet(book: Book, findings: Sequence[Finding]) -> list[tuple[str, int, int, int]]:
    """(sheet's name, rows of people, errors, warnings) of the four sheets of people."""
    found = Counter((f.sheet, f.severity) for f in findings)
    return [
        (
            schema().sheets[key].name,
            sum(aside(row) is None for row in book.tables[key].rows),
            found[key, "error"],
            found[key, "warning"],
        )
        for key in SHEETS
    ]


def write(
    result: SubmitResult, data: bytes, password: str, settings: Settings, day: dt.date
) -> None:
    """Write the encrypted copy and its receipt, all or nothing. Raises BookError."""
    out = result.out
    closed = encryption.seal(data, password)
    result.fingerprint = hashlib.sha256(closed).hexdigest()
    facts = receipt.ReceiptFacts(
        day=day,
        as_of=result.as_of,
        recipient=settings.insurer_name,
        sender=settings.employer_name,
        sender_symbol=settings.employer_symbol,
        file=bare(out.name),
        size=len(closed),
        fingerprint=result.fingerprint,
        sheets=result.sheets,
        counts=result.counts,
    )
    docx, pdf, why = receipt.make(facts)
    papers = [(out.with_name(f"{out.stem}_送付票.docx"), docx)]
    if pdf is not None:
        papers.append((papers[0][0].with_suffix(".pdf"), pdf))
    else:
        result.notes.append(f"送付票のPDFは作れませんでした: {why}")
    with ExitStack() as stack:
        for path, content in papers:
            stack.enter_context(saving.making(path)).write_bytes(content)
        draft = stack.enter_context(saving.making(out))
        draft.write_bytes(closed)
        encryption.prove(draft, data, password, out.name)
    result.made = True
    result.receipts = [path for path, _ in papers]
