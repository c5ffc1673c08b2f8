"""Builds the templates that we ship; users edit copies of them in Word.

``python -m shikaku.letters.design templates`` writes them anew, the same bytes each time.
Nothing of it runs when letters are made, and it never reads a template of a user's.
"""

from collections.abc import Callable
from pathlib import Path

from shikaku.letters.design import (
    applications,
    certificate,
    decided,
    employers,
    members,
    notices,
    receipt,
    receipts,
    returns,
    voluntary,
)
from shikaku.letters.submission_receipt import RECEIPT

BUILDERS: dict[str, Callable[[], bytes]] = {
    "notice-digits": notices.notice_digits,
    "notice": notices.notice,
    "certificate": certificate.certificate,
    "certificate-cover": members.certificate_cover,
    "distribution": employers.distribution,
    "status-check": members.status_check,
    "application-guide": applications.application_guide,
    "mynumber-request": employers.mynumber_request,
    "late-filing": employers.late_filing,
    "return-request": returns.return_request,
    "return-reminder": returns.return_reminder,
    "return-final": returns.return_final,
    "return-loss": returns.return_loss,
    "decision-notice": decided.decision_notice,
    "voluntary-end": voluntary.voluntary_end,
    "receipt-reply": receipts.receipt_reply,
    "not-filed": receipts.not_filed,
}


def build(kind: str) -> bytes:
    """The bytes of a kind's template."""
    return BUILDERS[kind]()


def write(folder: Path) -> list[Path]:
    """Write all templates into a folder and give their paths."""
    paths = []
    for kind, builder in BUILDERS.items():
        path = folder / f"{kind}.docx"
        path.write_bytes(builder())
        paths.append(path)
    page = folder / "receipt" / f"{RECEIPT.kind}.docx"
    page.parent.mkdir(exist_ok=True)
    page.write_bytes(receipt.build())
    return [*paths, page]
