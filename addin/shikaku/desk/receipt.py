"""送付票: the page that goes with a submitted file. What and how many, no person and no number.

The template is a Word file that users may edit (``templates/receipt/``); ``letters.design``
writes the shipped one. It is not among the letters' kinds.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shikaku.fields import era_date
from shikaku.letters.submission_receipt import RECEIPT
from shikaku.system.resources import folder


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the page says. sheets: (name, rows, errors, warnings); fingerprint: 64 hex digits of
    the file that is sent; size: its bytes."""

    day: dt.date
    as_of: dt.date
    recipient: str
    sender: str
    sender_symbol: str
    file: str
    size: int
    fingerprint: str
    sheets: Sequence[tuple[str, int, int, int]]
    counts: dict[str, int]

    def context(self) -> dict:
        """The template's fields."""
        groups = [self.fingerprint[i : i + 4] for i in range(0, 64, 4)]
        keys = ("name", "rows", "errors", "warnings")
        return {
            "date": era_date.format(self.day, True),
            "recipient": self.recipient or "（設定に保険者名の記入なし）",
            "sender": self.sender or "（設定に事業所名称の記入なし）",
            "sender_symbol": self.sender_symbol,
            "file": self.file,
            "size": f"{self.size:,} バイト",
            "fingerprint_1": " ".join(groups[:8]),
            "fingerprint_2": " ".join(groups[8:]),
            "sheets": [dict(zip(keys, map(str, row), strict=True)) for row in self._rows()],
            "rows": str(sum(row[1] for row in self.sheets)),
            "errors": str(self.counts["error"]),
            "warnings": str(self.counts["warning"]),
            "infos": str(self.counts["info"]),
            "checked_on": era_date.format(self.as_of),
            "has_errors": bool(self.counts["error"]),
        }

    def _rows(self) -> list[tuple]:
        """The sheets, and a line for what was found elsewhere, so that the columns add up."""
        errors = self.counts["error"] - sum(row[2] for row in self.sheets)
        warnings = self.counts["warning"] - sum(row[3] for row in self.sheets)
        rest = [("設定・ほかのシート", "-", errors, warnings)] if errors or warnings else []
        return [*self.sheets, *rest]


def make(facts: ReceiptFacts, templates: Path | None = None) -> tuple[bytes, bytes | None, str]:
    """(Word file, PDF or None, why there is no PDF). Raises TemplateError for a broken template.

    templates: the folder ``receipt`` to take the template from, default the shipped one.
    """
    from shikaku.letters.docx.template import Template
    from shikaku.letters.pdf import choose
    from shikaku.letters.pdf.base import Fault, PrintJob
    from shikaku.letters.pdf.finish import Finish
    from shikaku.system.errors import PdfError

    source = (templates or folder("templates") / "receipt") / f"{RECEIPT.kind}.docx"
    filled = Template(source, RECEIPT).fill(facts.context())
    try:
        engine = choose.engine("auto")
    except PdfError as error:
        return filled.docx, None, error.message
    try:
        piece = PrintJob(filled.docx, RECEIPT.title, filled.values, pages=1)
        (printed,) = engine.convert([piece], Finish(facts.day))
    except PdfError as error:
        return filled.docx, None, error.message
    finally:
        engine.close()
    if isinstance(printed, Fault):
        return filled.docx, None, printed.message
    return filled.docx, printed.pdf, ""
