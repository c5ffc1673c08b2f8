"""Sheet protection in a workbook open in Excel: lifted for our writes, then put back as it was.

Only a protection without a password can be lifted (``shikaku new --protect`` makes such ones), and
only for as long as we write; one with a password is somebody's will, and stays.
"""

from functools import partial
from typing import TYPE_CHECKING

from shikaku.excel.native import native
from shikaku.excel.native_windows import Protected
from shikaku.system.errors import BookError

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.excel.undo import UndoSteps


class Protection:
    """The sheets of one workbook whose protection is lifted for now."""

    def __init__(self, journal: "UndoSteps"):
        self.journal = journal
        self.native = native()
        self._lifted: list[tuple[xw.Sheet, Protected]] = []

    def lift(self, sheet: "xw.Sheet") -> None:
        """Open a sheet for every write, until ``restore``. Raises BookError when it stays closed."""
        if not self.native.protected(sheet):
            return
        kept = self.native.unprotect(sheet)
        if kept is None:
            raise BookError(
                f"シート「{sheet.name}」は保護されているため書き込めません。",
                "「校閲」タブの「シート保護の解除」を押してから、もう一度実行してください"
                "(パスワードを求められたら、保護した人に確かめてください)。"
                "終わったら「シートの保護」で元に戻せます。",
            )
        self.journal.note(lambda: self.native.protect(sheet, kept))
        self._lifted.append((sheet, kept))

    def open(self, area: "xw.Range") -> None:
        """Lift the protection of a sheet if it keeps us from writing into an area of it."""
        if self.native.locked(area):
            self.lift(area.sheet)

    def restore(self) -> None:
        """Protect every lifted sheet again, with what it allowed before."""
        for sheet, kept in self._lifted:
            self.native.protect(sheet, kept)
            # Should a later step fail, the way back begins with this sheet open again.
            self.journal.note(partial(self._unprotect, sheet))
        self._lifted.clear()

    def _unprotect(self, sheet: "xw.Sheet") -> None:
        self.native.unprotect(sheet)
