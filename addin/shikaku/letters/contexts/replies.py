"""Which files of 受付一覧 are answered by a letter that names their errors (``receipts``), so that no other
letter to the employer asks for the same."""

from shikaku.letters.contexts.naming import clean
from shikaku.letters.contexts.source import LetterSource
from shikaku.model.tables import Row

REPLY = "receipt-reply"


def about(receipt: Row) -> str:
    """What 発行履歴 keeps of the answer to a line of 受付一覧."""
    return f"受付 {receipt.text('receipt_no')} {clean(receipt.text('file'))}"


def answered(case: LetterSource) -> set[str]:
    """受付番号 of the files whose errors the employer is told of in this run, or was before."""
    return {
        receipt.text("receipt_no")
        for receipt in case.book.rows("receipts")
        if receipt.choice("state") == "taken"
        and (REPLY in case.kinds or case.history.has_about(REPLY, about(receipt)))
    }
