"""What every job starts from: a workbook read, its settings, the day, the closed days."""

import dataclasses
import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.checks import catalogue
from shikaku.checks.catalogue import Finding
from shikaku.checks.context import Context
from shikaku.fields import era_date
from shikaku.law.closed_days import ClosedDays
from shikaku.model import settings as settings_module
from shikaku.model.calendar import closed_days
from shikaku.model.schema import FILINGS, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book
from shikaku.system import clock, collecting, usage_log
from shikaku.system.errors import BookError, UsageError
from shikaku.workbook.session import Session

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.cluster.connection import Cluster
    from shikaku.decisions.everybody import Decision


def session_for(book: "str | os.PathLike[str] | xw.Book") -> Session:
    """The session of a closed file, or of a workbook that is open in Excel (it has ``sheets``).
    Raises UsageError for anything else."""
    if isinstance(book, str | os.PathLike):
        from shikaku.workbook.closed_file import ClosedBook

        return ClosedBook(Path(book))
    if not hasattr(book, "sheets"):
        raise UsageError(
            f"ブックの代わりに {type(book).__name__} が渡されました。",
            "ファイルの場所(文字列かパス)か、xlwings の Book を渡してください。",
        )
    from shikaku.excel import host
    from shikaku.excel.session import OpenBook

    return OpenBook(book, host.location(book).path)


def day(text: str | dt.date | None) -> dt.date | None:
    """The value of ``--as-of`` as a day, of a moment (``pandas.Timestamp``, too) its day. Raises
    UsageError when it isn't one."""
    if isinstance(text, dt.datetime):
        return text.date()
    if text is None or isinstance(text, dt.date):
        return text
    try:
        return era_date.from_cell(str(text))
    except ValueError:
        raise UsageError(
            f"--as-of の「{str(text)[:20]}」が日付として読めません。",
            "2026-04-01 や 令和8年4月1日 のように書いてください。",
        ) from None


_TYPED = ("lost", "required", "due", "returned", "remarks")


@dataclass
class Case:
    """One workbook under one day: everything that the jobs have in common, worked out once.

    elsewhere: the sheets whose rows come from a file of their own (``--members``); in the workbook
    nothing of them can be marked or linked to. cluster: who works out findings and decisions.
    progress: called with the checks done and their count. members: that file.
    """

    session: Session
    book: Book
    settings: Settings
    as_of: dt.date
    closed: ClosedDays
    elsewhere: tuple[str, ...] = ()
    cluster: "Cluster | None" = None
    progress: Callable[[int, int], None] | None = None
    members: Path | None = None

    @classmethod
    def load(
        cls,
        session: Session,
        as_of: str | dt.date | None = None,
        members: Path | None = None,
        cluster: "Cluster | None" = None,
    ) -> "Case":
        """Read the workbook. The day is ``as_of``, else 設定の基準日, else today. members: the file
        from which 加入者台帳 is read instead of the sheet. cluster: of ``--cluster``.

        Raises BookError (unreadable file, wrong setting) and UsageError (no day, no pyarrow).
        """
        asked = day(as_of)
        book = session.read()
        elsewhere: tuple[str, ...] = ()
        if members is not None:
            book, elsewhere = _with_members(book, members), ("members",)
        settings = settings_module.read(book)
        usage_log.introduce(book.path, book.id, settings.log_folder)
        today = asked or settings.as_of or clock.today()
        closed = closed_days(book, settings)
        case = cls(session, book, settings, today, closed, elsewhere, cluster, members=members)
        collecting.keep(case)
        return case

    @classmethod
    @contextmanager
    def opened(
        cls,
        session: Session,
        as_of: str | dt.date | None,
        members: Path | None,
        cluster: str | None,
    ) -> Iterator["Case"]:
        """``load`` for the length of a job. cluster: the address of ``--cluster``; the connection ends
        with the block. Raises what ``load`` and ``cluster.connection`` raise."""
        if cluster is None:
            yield cls.load(session, as_of, members)
            return
        from shikaku.cluster.connection import Cluster

        with Cluster(cluster) as connection:
            yield cls.load(session, as_of, members, connection)

    @property
    def name(self) -> str:
        """The workbook's file name, for messages and JSON."""
        return Path(self.book.path).name

    @cached_property
    def structure(self) -> list[Finding]:
        """The findings on the workbook's structure (ST01–ST03)."""
        return catalogue.of_structure(self._context)

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings."""
        if self.cluster is not None:
            from shikaku.cluster import checking

            return checking.findings(self.cluster, self._context)
        with collecting.paused():
            return catalogue.run(self._context, progress=self.progress)

    @property
    def no_filings(self) -> bool:
        """Not one row is filled on the three filings."""
        return next(self._context.rows(*FILINGS), None) is None

    @cached_property
    def decisions(self) -> "list[Decision]":
        """The decision for every person."""
        of = self.book, self.settings, self.as_of, self.closed
        if self.cluster is not None:
            from shikaku.cluster import deciding

            return deciding.decisions(self.cluster, *of)
        from shikaku.decisions import everybody

        with collecting.paused():
            return everybody.decide_all(*of)

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


def _with_members(book: Book, members: Path) -> Book:
    """The workbook's tables with the register of a file; those of the session stay the sheet's."""
    from shikaku.desk import members_file

    register = members_file.read(members)
    tables = {**book.tables, register.spec.key: register}
    missing = [key for key in book.missing_sheets if key != register.spec.key]
    return dataclasses.replace(
        book,
        tables={key: tables[key] for key in schema().sheets if key in tables},
        missing_sheets=missing,
    )


def structure_error(name: str, findings: list[Finding]) -> BookError:
    """The error that names every missing sheet and column."""
    return BookError(
        f"「{name}」は届出のブックとして読めません。",
        findings[0].hint,
        [f"[{f.code}] シート「{f.tab}」: {f.message}" for f in findings],
    )
