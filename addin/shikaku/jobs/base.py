"""What every job starts from: a workbook read, its settings, the day, the closed days."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shikaku import settings as settings_module
from shikaku.book.session import Session
from shikaku.book.tables import Book
from shikaku.checks import catalogue
from shikaku.checks.catalogue import Context, Finding
from shikaku.decisions import people
from shikaku.decisions.people import Decision
from shikaku.errors import BookError, UsageError
from shikaku.fields import era_date
from shikaku.law.closed_days import ClosedDays
from shikaku.schema import FILINGS, schema
from shikaku.settings import Settings

STRUCTURE = ("ST01", "ST02", "ST03")


def session_for(path: Path) -> Session:
    """The session of a closed file."""
    from shikaku.book.file import ClosedBook

    return ClosedBook(path)


def day(text: str | dt.date | None) -> dt.date | None:
    """The value of ``--as-of`` as a day. Raises UsageError when it isn't one."""
    if text is None or isinstance(text, dt.date):
        return text
    try:
        return era_date.from_cell(text)
    except ValueError:
        raise UsageError(
            f"--as-of の「{text[:20]}」が日付として読めません。",
            "2026-04-01 や 令和8年4月1日 のように書いてください。",
        ) from None


def refuse_over(out: Path, ending: str, *inputs: Path | str) -> None:
    """Raise UsageError when a report can't have that name: another ending, a folder, one of the
    files that it is made from, or any workbook of filings. An older report gives way."""
    if out.suffix.lower() != ending:
        raise UsageError(
            f"「{out.name}」には作れません。", f"ファイル名の終わりを {ending} にしてください。"
        )
    if out.is_dir() or out.exists() and any(out.samefile(path) for path in inputs):
        raise UsageError(
            f"「{out.name}」はもとのファイルそのもの、またはフォルダーです。",
            "--report には別の名前を指定してください。",
        )
    if out.exists() and ending == ".xlsx" and _is_ours(out):
        raise UsageError(
            f"「{out.name}」は届出のブックです。", "--report には別の名前を指定してください。"
        )


def _is_ours(path: Path) -> bool:
    """Whether a file is a workbook with a sheet of ours."""
    from shikaku.book.package import Package
    from shikaku.book.reader import Workbook

    try:
        tabs = {sheet.name for sheet in Workbook(Package.open(path)).sheets}
    except BookError:
        return False
    return bool(tabs & {spec.name for spec in schema().sheets.values()})


def closed_days(book: Book, settings: Settings) -> ClosedDays:
    """The closed days of the sheet 休日, and Saturdays and Sundays by the settings."""
    days = {
        date: row.text("name")
        for row in book.rows("closed_days")
        if (date := row.date("date")) is not None
    }
    return ClosedDays(days, saturday_closed=settings.saturday == "closed")


_TYPED = ("lost", "required", "due", "returned", "remarks")


@dataclass
class Case:
    """One workbook under one day: everything that the jobs have in common, worked out once."""

    session: Session
    book: Book
    settings: Settings
    as_of: dt.date
    closed: ClosedDays

    @classmethod
    def load(cls, session: Session, as_of: str | dt.date | None = None) -> "Case":
        """Read the workbook. The day is ``as_of``, else 設定の基準日, else today.

        Raises BookError (unreadable file, wrong setting) and UsageError (no day).
        """
        asked = day(as_of)
        book = session.read()
        settings = settings_module.read(book)
        today = asked or settings.as_of or dt.date.today()
        return cls(session, book, settings, today, closed_days(book, settings))

    @property
    def name(self) -> str:
        """The workbook's file name, for messages and JSON."""
        return Path(self.book.path).name

    @cached_property
    def structure(self) -> list[Finding]:
        """The findings on the workbook's structure (ST01–ST03)."""
        return catalogue.run(self._context, STRUCTURE)

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings."""
        return catalogue.run(self._context)

    @property
    def no_filings(self) -> bool:
        """Not one row is filled on the three filings."""
        return next(self._context.rows(*FILINGS), None) is None

    @cached_property
    def decisions(self) -> list[Decision]:
        """The decision for every person."""
        return people.decide_all(self.book, self.settings, self.as_of, self.closed)

    @cached_property
    def _context(self) -> Context:
        return Context(self.book, self.settings, self.as_of, self.closed)

    def require_structure(self) -> None:
        """Raise BookError when sheets or columns are missing: no job but 検証 may go on."""
        if self.structure:
            raise structure_error(self.name, self.structure)

    def require_ledger(self) -> None:
        """Raise BookError when 返納管理 has rows, but not the columns in which people say that a
        document is back, or needn't come: letters would go out over what they typed."""
        table = self.book.tables.get("ledger")
        if table is None or not table.rows:
            return
        spec = schema().sheets["ledger"]
        gone = [f"「{spec.label(key)}」" for key in _TYPED if key not in table.columns]
        if gone:
            labels = "・".join(gone)
            raise BookError(
                f"シート「{spec.name}」に列{labels}がないため、返納済や返不能の人が分かりません。",
                f"{table.header_row}行目の見出しを{labels}に戻すか、列を足してください。",
            )


def structure_error(name: str, findings: list[Finding]) -> BookError:
    """The error that names every missing sheet and column."""
    lines = "\n".join(f"  [{f.code}] シート「{f.sheet}」: {f.message}" for f in findings)
    return BookError(
        f"「{name}」は届出のブックとして読めません。\n{lines}",
        findings[0].hint,
    )
