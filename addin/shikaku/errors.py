"""What stops a job: a message for the user, never a traceback.

Every text in here is shown to the user as it is. It names the place (file, sheet, cell) and the
way out, and it never carries a cell's content that could be an individual number.
"""


class ShikakuError(Exception):
    """A job can't run (exit status 2).

    message: one Japanese sentence, what is wrong and where.
    hint: one Japanese sentence, what to do about it.
    """

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


class UsageError(ShikakuError):
    """The command line, or a setting, makes no sense."""


class BookError(ShikakuError):
    """The workbook can't be read or written."""


class TemplateError(ShikakuError):
    """A letter template is broken or names an unknown field."""


class PdfError(ShikakuError):
    """No PDF engine could do the work."""
