"""What stops a job: a message for the user, never a traceback.

Every text in here is shown to the user as it is. It names the place (file, sheet, cell) and the
way out, and it never carries a cell's content that could be an individual number.
"""

import errno
from collections.abc import Sequence

_CAUSES = {
    errno.ENOENT: "見つかりません",
    errno.EEXIST: "同じ名前のファイルがあります",
    errno.ENOTDIR: "同じ名前のファイルがあります",
    errno.EISDIR: "フォルダーです",
    errno.EACCES: "権限がないか、ほかのソフトが開いています",
    errno.EPERM: "権限がないか、ほかのソフトが開いています",
    errno.ENOSPC: "空き容量がありません",
    getattr(errno, "EDQUOT", errno.ENOSPC): "空き容量がありません",
    errno.EROFS: "読み取り専用の場所です",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EIO: "ディスクか回線の誤りです",
    errno.ENOMEM: "メモリーが足りません",
    errno.EAGAIN: "プロセスかメモリーの余裕がありません",
    errno.EMFILE: "開いているファイルが多すぎます",
    errno.ENFILE: "開いているファイルが多すぎます",
    errno.EBUSY: "ほかのソフトが使っています",
    errno.EFBIG: "大きすぎます",
    errno.EINVAL: "名前か場所が使えません",
    errno.ELOOP: "リンクが輪になっているか、リンクの先は使えません",
    errno.EPIPE: "受け手が閉じました",
    errno.ETIMEDOUT: "回線が応答しません",
    getattr(errno, "ESTALE", errno.EIO): "共有フォルダーとの回線が切れました",
    getattr(errno, "ENOTSUP", errno.EIO): "この場所ではできません",
}


def cause(error: OSError) -> str:
    """Why the machine could not read or write, in a few words for a message's brackets.

    >>> cause(FileNotFoundError(errno.ENOENT, "")), cause(OSError(errno.EDOM, ""))
    ('見つかりません', 'システムの誤り 33')
    """
    known = _CAUSES.get(error.errno or 0)
    return known or (f"システムの誤り {error.errno}" if error.errno else "理由は分かりません")


def why(error: Exception) -> str:
    """Why a file that is there can't be taken for what it should be.

    >>> why(ValueError("x")), why(PermissionError(errno.EACCES, ""))
    ('中身が壊れています', '権限がないか、ほかのソフトが開いています')
    """
    if isinstance(error, OSError) and error.errno is not None:
        return cause(error)
    return "中身が壊れています"


class ShikakuError(Exception):
    """A job can't run (exit status 2).

    message: one Japanese sentence, what is wrong and where.
    hint: one Japanese sentence, what to do about it.
    details: lines between the two, such as a list of places.
    """

    def __init__(self, message: str, hint: str = "", details: Sequence[str] = ()):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)

    def lines(self, before: str = "") -> list[str]:
        """The error for people, a line each. before: what the first line begins with."""
        way_out = [f"  → {self.hint}"] if self.hint else []
        return [f"{before}{self.message}", *(f"  {text}" for text in self.details), *way_out]

    def __str__(self) -> str:
        return "\n".join(self.lines())


class UsageError(ShikakuError):
    """The command line, or a setting, makes no sense."""


class BookError(ShikakuError):
    """The workbook can't be read or written."""


class TemplateError(ShikakuError):
    """A letter template is broken or names an unknown field."""


class PdfError(ShikakuError):
    """No PDF engine could do the work."""
