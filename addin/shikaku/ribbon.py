"""The buttons of the ribbon, a function each. macros/ShikakuButtons.bas calls them by name.

A button runs the job of the command of the same name on the workbook in front and ends with a
message. Nothing goes up from here as an exception: what a user can mend is said as it is, the rest
becomes a sentence and an entry in the log. No workbook is ever saved.
"""

import contextlib
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shikaku import __version__
from shikaku.excel import dialogs, host
from shikaku.fields import era_date
from shikaku.model.schema import schema
from shikaku.model.tables import EMPTY
from shikaku.system import clock, error_report, masking, temporary_files
from shikaku.system.errors import BookError, ShikakuError, UsageError

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.excel.session import OpenBook
    from shikaku.excel.status_bar import StatusBar

_VISIBLE = -1  # Excel's own answer on Windows; xlwings hands it on
_SHOWN = 16  # lines of a list that a message shows


_BECAME = {
    "untouched": "ブックは変わっていません。",
    "written": "ブックへの書き込みは済んでいます(保存はしていません)。",
    "torn": "ブックに書きかけの内容が残りました。保存せずに閉じて、開き直してください。",
}


@dataclass
class Desk:
    """What a button works on: Excel, the workbook in front, where it lies."""

    app: "xw.App"
    book: "xw.Book"
    where: host.Location
    sessions: "list[OpenBook]" = field(default_factory=list)

    def session(self) -> "OpenBook":
        """The workbook as the jobs take it."""
        from shikaku.excel.session import OpenBook

        self.sessions.append(OpenBook(self.book, self.where.path))
        return self.sessions[-1]

    def became(self) -> str:
        """What has become of the workbook: untouched | written | torn."""
        states = {session.state for session in self.sessions}
        return next((state for state in ("torn", "written") if state in states), "untouched")

    def here(self) -> tuple[str, int]:
        """The sheet in front and the row under the cursor. Raises BookError without one."""
        selection = self.app.selection
        if selection is None:
            raise BookError(
                "行が選ばれていません。", "人のいる行のセルを選んでから押してください。"
            )
        return self.book.sheets.active.name, selection.row

    def listed(self) -> tuple[str, int] | None:
        """The person that the row under the cursor of 資格確認書判定 names: sheet and row."""
        sheet, row = self.here()
        if sheet != schema().sheets["decisions"].name:
            return None
        table = self.session().read().tables["decisions"]
        found = next((one for one in table.rows if one.number == row), None)
        return (found.text("sheet"), found.count("row") or 0) if found else None

    def unsaved(self) -> str:
        """What is to be said of saving after a write."""
        if any(session.autosave_stopped for session in self.sessions):
            return (
                "ブックは保存していません(自動保存をオフにしました。内容を確かめて保存し、"
                "必要なら自動保存をオンに戻してください)。"
            )
        return "ブックは保存していません。"

    def show(self, key: str) -> None:
        """Bring a sheet of ours to the front (schema key). Raises BookError when it is gone or
        hidden."""
        from shikaku.excel.reading import OpenWorkbook

        name = schema().sheets[key].name
        found = OpenWorkbook(self.book).find(name)
        if found is not None:
            if found.sheet.visible not in (True, _VISIBLE):
                raise BookError(
                    f"シート「{found.name}」は非表示になっています。",
                    "シート見出しを右クリックして「再表示」で表示してから、もう一度押してください。",
                )
            found.sheet.activate()
            return
        raise BookError(
            f"このブックにはシート「{name}」がありません。",
            "届出のブックを前に出してから押すか、「新規ブック」で作ってください。",
        )


# ---------------------------------------------------------------- 届出


def new_book() -> None:
    """新規ブック: ask where, make it, open it."""

    def work(app: "xw.App") -> None:
        from shikaku.jobs import new

        path = dialogs.ask_save_path(app, "新しい届出のブックの保存先", "健康保険届出.xlsx")
        if path is None:
            return
        with _busy(app, "新しいブックを作っています…"):
            result = new.new(path)
            app.books.open(str(path))
        dialogs.tell(app, f"{result.summary()}\n\n最初にシート「設定」を記入してください。")

    _run_in_excel(work)


def check() -> None:
    """検証: mark the cells, fill 検証結果."""

    def work(desk: Desk) -> None:
        from shikaku.jobs import check as check_job

        with _busy(desk.app, "検証しています…"):
            result = check_job.check(desk.session(), write=True)
        _offer(desk, result.summary(), "findings")

    _run_on_book(work)


def tidy() -> None:
    """表記統一: show what would change, ask, write."""

    def work(desk: Desk) -> None:
        from shikaku.jobs import tidy as tidy_job

        session = desk.session()
        with _busy(desk.app, "表記を調べています…"):
            found = tidy_job.tidy(session)
        changes = [line for line in found.lines()[:-1] if "→" in line]
        if not any(proposal.changes for proposal in found.proposals):
            dialogs.tell(desk.app, "統一が必要な表記はありませんでした。")
            return
        count = sum(1 for proposal in found.proposals if proposal.changes)
        question = (
            f"{count}か所の表記を統一します。よろしいですか。\n"
            "(Excelの「元に戻す」では戻せません。保存しなければ元のままです)\n\n"
        )
        if dialogs.confirm(desk.app, question + _first(changes)):
            with _busy(desk.app, "表記を統一しています…"):
                result = tidy_job.tidy(session, write=True)
            dialogs.tell(desk.app, f"{result.summary()}。{desk.unsaved()}")

    _run_on_book(work)


def clear_marks() -> None:
    """印を消す: the colours of the checks go, what was under them comes back."""

    def work(desk: Desk) -> None:
        session = desk.session()
        with _busy(desk.app, "印を消しています…"):
            session.read()
            session.mark([])
            session.commit()
        dialogs.tell(desk.app, f"検証が付けた色を消しました。{desk.unsaved()}")

    _run_on_book(work)


def submit() -> None:
    """提出用保存: an encrypted copy of the saved workbook, beside it."""

    def work(desk: Desk) -> None:
        from shikaku.jobs import submit as submit_job
        from shikaku.jobs.case import session_for
        from shikaku.system.passwords import SHORTEST

        path = host.require_saved(desk.where)
        password = _new_password(desk.app, SHORTEST)
        if password is None:
            return
        out = path.with_name(f"{path.stem}_提出用{path.suffix}")
        if out.exists() and not dialogs.confirm(
            desk.app, f"「{out.name}」がすでにあります。作り直しますか。"
        ):
            return
        with _busy(desk.app, "検証して、提出用の写しを作っています…"):
            result = submit_job.submit(session_for(path), out, password=password)
        if not result.made:
            question = (
                f"エラーが {result.counts['error']}件 残っているため、まだ作っていません。\n"
                "「検証」を押すと、直すところが分かります。\n\nエラーを残したまま作りますか。"
            )
            if not dialogs.confirm(desk.app, question):
                return
            with _busy(desk.app, "提出用の写しを作っています…"):
                result = submit_job.submit(
                    session_for(path), out, password=password, allow_errors=True
                )
        made = "\n".join(map(str, (out, *result.receipts)))
        dialogs.tell(
            desk.app,
            f"暗号化した提出用の写しを作りました。\n{made}\n\n"
            "パスワードは、ファイルとは別の方法で保険者に伝えてください。",
        )

    _run_on_book(work)


# ---------------------------------------------------------------- 判定・通知書


def decide() -> None:
    """資格確認書の判定: fill 資格確認書判定."""

    def work(desk: Desk) -> None:
        from shikaku.jobs import decide as decide_job

        with _busy(desk.app, "判定しています…"):
            result = decide_job.decide(desk.session(), write=True)
        _offer(desk, result.summary(), "decisions")

    _run_on_book(work)


def letters(kind: str | None = None) -> None:
    """通知書: one kind of the catalogue, or (None) all that a run makes by itself."""
    _run_on_book(lambda desk: _letters(desk, [kind] if kind else None))


def remind(kind: str) -> None:
    """督促状・最終通知: the return letters of one kind that are due today."""
    _run_on_book(lambda desk: _letters(desk, [kind]))


def _letters(desk: Desk, kinds: list[str] | None) -> None:
    from shikaku.jobs import letters as jobs

    out = host.output_folder(desk.where)
    with _busy(desk.app, "通知書を出す人を調べています…") as bar:
        result = jobs.letters(
            desk.session(), out, kinds=kinds, progress=bar.count("通知書を作成中")
        )
    if not result.made and not result.failed:
        told = [
            *result.lines()[:-1],
            "新しく作る通知書はありませんでした(発行済みの分は作りません)。",
        ]
        dialogs.tell(desk.app, _first(told))
        return
    *lines, summary = result.lines()
    text = (
        f"{summary}\n\n{_first(lines)}\n\nシート「発行履歴」に記録しました。"
        "記録を残すため、ブックを保存してください。"
    )
    if result.exit_status:
        dialogs.tell(desk.app, text, bad=True)
    elif dialogs.confirm(desk.app, f"{text}\n\nフォルダを開きますか。"):
        dialogs.open_in_system(out)


def row_decision() -> None:
    """資格確認書の要否と理由: of the person in the row under the cursor."""

    def work(desk: Desk) -> None:
        from shikaku.jobs import decide as decide_job

        sheet, row = desk.here()
        wanted = (desk.here(), desk.listed())
        with _busy(desk.app, "判定しています…"):
            result = decide_job.decide(desk.session())
        for person, line in zip(result.to_json()["people"], result.lines(), strict=False):
            if (person["sheet"], person["row"]) in wanted:
                dialogs.tell(desk.app, line)
                return
        raise BookError(
            f"シート「{sheet}」の{row}行目の人は、判定の対象にありません。",
            "「加入者台帳」「資格取得届」「被扶養者異動届」か「資格確認書判定」の、人のいる行で押してください。",
        )

    _run_on_book(work)


# ---------------------------------------------------------------- 返納


def record_return() -> None:
    """返納を記録: today as 返納日 of the row of 返納管理 under the cursor, when the user says yes."""

    def work(desk: Desk) -> None:
        ledger = schema().sheets["ledger"]
        sheet, number = desk.here()
        session = desk.session()
        with _busy(desk.app, "返納管理を調べています…"):
            table = session.read().tables.get("ledger")
        row = next((row for row in table.rows if row.number == number), None) if table else None
        if sheet != ledger.name or row is None:
            raise BookError(
                "返納を記録する行が選ばれていません。",
                f"シート「{ledger.name}」の、返納された人の行を選んでから押してください。",
            )
        if row.cell("returned").kind != EMPTY:
            raise BookError(
                f"{number}行目には、もう{ledger.label('returned')}が入っています。",
                "直すときは、セルに直接入力してください。",
            )
        today = clock.today()
        day = era_date.both(today)
        who = f"{row.text('control_no')} {row.text('name')} {row.text('document')}".strip()
        if dialogs.confirm(desk.app, f"{who}\n\n{day}に返納されたと記録します。よろしいですか。"):
            session.set_cells([("ledger", number, "returned", today)])
            session.commit()

    _run_on_book(work)


def returns() -> None:
    """台帳更新: bring 返納管理 up to date."""

    def work(desk: Desk) -> None:
        from shikaku.jobs import returns as jobs

        with _busy(desk.app, "返納管理を調べています…"):
            result = jobs.returns(desk.session(), write=True)
        _offer(desk, result.summary(), "ledger")

    _run_on_book(work)


# ---------------------------------------------------------------- 補助


def settings() -> None:
    """設定: the sheet to the front."""
    _run_on_book(lambda desk: desk.show("settings"))


def output_folder() -> None:
    """出力フォルダを開く."""

    def work(desk: Desk) -> None:
        folder = host.output_folder(desk.where)
        if not folder.is_dir():
            raise BookError(
                f"まだ通知書のフォルダがありません({folder})。",
                "「通知書」か「一括作成」を押すと、ここに作られます。",
            )
        dialogs.open_in_system(folder)

    _run_on_book(work)


def help_page() -> None:
    """ヘルプ: what each button does, as a page in the browser."""

    def work(_app: "xw.App | None") -> None:
        from shikaku import ribbon_help

        dialogs.open_in_system(ribbon_help.write())

    _run(work)


def version() -> None:
    """バージョン情報."""

    def work(app: "xw.App | None") -> None:
        from shikaku import install

        found = install.status()
        lines = [
            *found.lines(),
            f"Excel {app.version if app else '(不明)'}、Python {sys.version.split()[0]}",
            f"記録ファイル: {error_report.path()}",
            f"shikaku {__version__}: 修正BSDライセンス。xlwings(BSD)を使います。",
        ]
        dialogs.tell(app, "\n".join(lines), bad=bool(found.exit_status))

    _run(work)


# ---------------------------------------------------------------- the common part


def _run_on_book(work: Callable[[Desk], None]) -> None:
    """Run a button that needs a workbook."""

    desks: list[Desk] = []

    def with_book(app: "xw.App") -> None:
        book = host.active_book(app)
        desks.append(Desk(app, book, host.location(book)))
        work(desks[0])

    _run_in_excel(with_book, lambda: desks[0].became() if desks else "untouched")


def _run_in_excel(
    work: Callable[["xw.App"], None], became: Callable[[], str] = lambda: "untouched"
) -> None:
    """Run a button that needs Excel, if not a workbook."""

    def with_app(app: "xw.App | None") -> None:
        work(host.active_app() if app is None else app)

    _run(with_app, became)


def _run(
    work: Callable[["xw.App | None"], None], became: Callable[[], str] = lambda: "untouched"
) -> None:
    """Run a button; whatever happens ends in a message.

    work: takes the Excel whose button was pressed, None when it can't be reached. became: how the
    workbook is now.
    """
    app = None
    temporary_files.sweep()
    try:
        # What a job tells the terminal has no reader here; on the Mac, xlwings would show it as
        # an error.
        with contextlib.redirect_stderr(io.StringIO()):
            with contextlib.suppress(Exception):  # who needs it asks again, and says why not
                app = host.active_app()
            with host.only_one():
                work(app)
    except (ShikakuError, KeyboardInterrupt) as error:
        error_report.note(error)
        text = str(error) or "中止しました。もう一度押すと、通知書はできたところから続けます。"
        _failed(app, text if became() == "untouched" else f"{text}\n\n{_BECAME[became()]}")
    except Exception as error:  # nobody is above us who could say it
        refused = host.refused_by_the_mac(error)
        if refused is not None:
            error_report.note(refused)
            _failed(None, f"{refused}\n\n{_BECAME[became()]}")
        else:
            _failed(app, error_report.report(error, _BECAME[became()]))


def _failed(app: "xw.App | None", text: str) -> None:
    """Say it in Excel; where Excel can't, leave it to the add-in's own message."""
    try:
        dialogs.tell(app, f"できませんでした。\n\n{text}", bad=True)
    except Exception:  # Excel is busy, or there is neither Excel nor a box of the system's
        if sys.platform == "win32":
            # The macro reads it in the system's code page, which Python may have left (UTF-8 mode).
            sys.stderr.reconfigure(encoding="mbcs", errors="replace")
        print(masking.shown_lines(text), file=sys.stderr)
        raise SystemExit(1) from None


def _busy(app: "xw.App", text: str) -> "contextlib.AbstractContextManager[StatusBar]":
    from shikaku.excel.status_bar import quiet

    return quiet(app, text)


def _offer(desk: Desk, text: str, key: str) -> None:
    """The summary, and the sheet that holds the rest."""
    name = schema().sheets[key].name
    if dialogs.confirm(desk.app, f"{text}。{desk.unsaved()}\n\nシート「{name}」を表示しますか。"):
        desk.show(key)


def _new_password(app: "xw.App", shortest: int) -> str | None:
    """A password typed twice the same; None when the user gives up."""
    first = dialogs.ask_secret(
        app, f"提出用ファイルに掛けるパスワードを入力してください({shortest}文字以上)。"
    )
    if first is None:
        return None
    if len(first) < shortest:
        raise UsageError(
            f"パスワードが{shortest}文字より短くなっています。",
            "もう一度押して、長いものを入れてください。",
        )
    second = dialogs.ask_secret(app, "確認のため、同じパスワードをもう一度入力してください。")
    if second is None:
        return None
    if first != second:
        raise UsageError(
            "2回のパスワードが同じではありません。", "もう一度ボタンを押して入れ直してください。"
        )
    return first


def _first(lines: list[str]) -> str:
    """The first lines of a list, and how many there are beyond."""
    more = len(lines) - _SHOWN
    return "\n".join([*lines[:_SHOWN], f"… ほか{more}件"] if more > 0 else lines)
