"""What the window's buttons do, without a window: a job run, its result in plain rows and lines.

Everything here may run beside the window in a thread: nothing touches a widget. What a user can
mend comes out as an ``Outcome`` that says so; nothing goes up as an exception.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.system import commits, error_report
from shikaku.system.errors import ShikakuError

if TYPE_CHECKING:
    from shikaku.jobs.check import CheckResult

Progress = Callable[[int, int], None]
"""Called with how many letters are made, and how many there will be. It may raise ``Stopped``."""

ENDINGS = (".xlsx", ".xlsm")
"""What can be chosen or dropped."""


class Stopped(Exception):
    """The user has pressed 中止."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the list shows it. severity: エラー | 警告 | 情報; place: 資格取得届!E5."""

    severity: str
    code: str
    place: str
    item: str
    message: str
    hint: str
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has come of a button. text: one sentence for the status line; lines: the details;
    bad: it couldn't be done; findings: of a check, None where nothing was checked; folder: what to
    show in the file manager."""

    text: str
    lines: tuple[str, ...] = ()
    bad: bool = False
    findings: tuple[FindingRow, ...] | None = None
    folder: Path | None = None


def guarded(work: Callable[[], Outcome], book: str = "ブックは変わっていません。") -> Outcome:
    """The outcome of ``work``, also where it fails. book: what has become of the workbook then. What there is to
    say beside the result is among its lines."""
    commits.begin()
    try:
        outcome = work()
        return replace(outcome, lines=(*outcome.lines, *commits.remarks()))
    except Stopped:
        return Outcome("中止しました。もう一度押すと、通知書はできたところから続けます。", bad=True)
    except ShikakuError as error:
        error_report.note(error)
        return Outcome(error.message, (error.hint,) if error.hint else (), bad=True)
    except Exception as error:  # the last line of defence: a window that vanishes says nothing
        text, *more = error_report.report(error, book).splitlines()
        return Outcome(text, tuple(line.strip() for line in more), bad=True)


def refuse_kind(path: Path) -> Outcome | None:
    """Why a file can't be taken, from its name alone; None when it may be."""
    if path.is_dir():
        return Outcome(f"「{path.name}」はフォルダーです。届出のブックを選んでください。", bad=True)
    if path.suffix.lower() not in ENDINGS:
        return Outcome(
            f"「{path.name}」は届出のブック(.xlsx)ではありません。",
            ("別の形式なら、Excelで開いて「名前を付けて保存」で .xlsx にしてください。",),
            bad=True,
        )
    return None


def check(path: Path, *, write: bool = False) -> Outcome:
    """検証: every finding with its cell; with ``write`` the cells are marked, too."""
    from shikaku.jobs import check as job
    from shikaku.jobs.case import session_for

    result = job.check(session_for(path), write=write)
    return Outcome(
        f"{result.summary()}。",
        bad=result.blocked,
        findings=_rows(path, result),
        folder=path if write else None,
    )


def _rows(path: Path, result: "CheckResult") -> tuple[FindingRow, ...]:
    from shikaku.jobs.case import session_for
    from shikaku.jobs.output_rows import finding_rows
    from shikaku.workbook.session import address

    book = session_for(path).read()
    rows = []
    for row in finding_rows(result.findings):
        values = {key: "" if value is None else str(value) for key, value in row.values.items()}
        place = address(book, row.link).replace("'", "") if row.link and values["row"] else ""
        rows.append(
            FindingRow(
                values["severity"],
                values["code"],
                place or values["sheet"],
                values["item"],
                values["message"],
                values["hint"],
                values["source"],
            )
        )
    return tuple(rows)


def import_targets() -> list[tuple[str, str]]:
    """The sheets that take the rows of a list: key and name."""
    from shikaku.desk.import_mapping import SHEETS
    from shikaku.model.schema import schema

    return [(key, schema().sheets[key].name) for key in SHEETS]


def import_rows(path: Path, file: Path, sheet: str, *, write: bool = False) -> Outcome:
    """一覧を取り込む: what would be taken over, line by line; with ``write`` it is.

    ``folder`` of the outcome is the workbook once it is written, None before and where nothing is
    to be taken over.
    """
    from shikaku.jobs import import_rows as job
    from shikaku.jobs.case import session_for

    result = job.import_rows(session_for(path), file, sheet=sheet, preview=not write)
    *lines, summary = result.lines()
    return Outcome(
        f"{summary}。",
        tuple(line.strip() for line in lines),
        bad=not result.new,
        folder=path if result.written else None,
    )


def upgrade(path: Path) -> Outcome:
    """様式を更新: an older form into the present one, in its place; the old file stays as a state."""
    from shikaku.jobs import upgrade as job

    result = job.upgrade(path)
    *lines, summary = result.lines()
    return Outcome(f"{summary}。", tuple(lines), folder=path if result.changed else None)


def new_book(path: Path) -> Outcome:
    """新規ブック: an empty workbook at ``path``, never over another file."""
    from shikaku.jobs import new as job

    result = job.new(path)
    text = f"{result.summary()}。最初にシート「設定」を記入してください。"
    return Outcome(text, folder=path)


def submission_path(path: Path) -> Path:
    """Where the encrypted copy goes when nobody says otherwise: beside the workbook."""
    return path.with_name(f"{path.stem}_提出用{path.suffix}")


def password_fault(first: str, second: str) -> str:
    """What is wrong with a new password typed twice; "" when it will do."""
    from shikaku.system import passwords

    try:
        passwords.fit(first)
    except ShikakuError as error:
        return str(error.message)
    return "" if first == second else "2回のパスワードが同じではありません。"


def submit(path: Path, out: Path, password: str, *, allow_errors: bool = False) -> Outcome:
    """提出用に保存: the encrypted copy and its receipt; with errors nothing unless allowed.

    ``folder`` of the outcome is None when errors stopped it.
    """
    from shikaku.jobs import submit as job
    from shikaku.jobs.case import session_for

    result = job.submit(session_for(path), out, password=password, allow_errors=allow_errors)
    if not result.made:
        count = result.counts["error"]
        return Outcome(
            f"エラーが{count}件残っているため、提出用の写しをまだ作っていません。", bad=True
        )
    made = tuple(str(name) for name in (out, *result.receipts))
    return Outcome(
        "暗号化した提出用の写しを作りました。パスワードは、ファイルとは別の方法で伝えてください。",
        (*made, *result.notes),
        folder=out,
    )


def letters_folder(path: Path) -> Path:
    """Where the letters go: beside the workbook, as with the add-in."""
    return path.parent / f"{path.stem}_通知書"


def letters(path: Path, progress: Progress | None = None) -> Outcome:
    """通知書を作る: all that are due, with their record in the workbook."""
    from shikaku.jobs import letters as job
    from shikaku.jobs.case import session_for

    def shown(made: int, wanted: int, _kept: int) -> None:
        if progress:
            progress(made, wanted)

    out = letters_folder(path)
    result = job.letters(session_for(path), out, progress=shown)
    *lines, summary = result.lines()
    if not result.made and not result.failed:
        summary = "新しく作る通知書はありませんでした(発行済みの分は作りません)。"
    return Outcome(
        summary,
        tuple(line.strip() for line in lines),
        bad=bool(result.failed),
        folder=out if out.is_dir() else None,
    )
