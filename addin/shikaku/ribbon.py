"""The buttons of the ribbon, a function each. macros/ShikakuButtons.bas calls them by name.

A button runs the job of the command of the same name on the workbook in front and ends with a
message (``excel.button``). The buttons for the row under the cursor stand in ``ribbon_row``.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shikaku import __version__
from shikaku.excel import dialogs, host
from shikaku.excel.button import Front, busy, run, run_in_excel, run_on_book
from shikaku.model.schema import schema
from shikaku.system import error_report
from shikaku.system.errors import BookError, UsageError

if TYPE_CHECKING:
    import xlwings as xw

_SHOWN = 16  # lines of a list that a message shows


# ---------------------------------------------------------------- 届出


def new_book() -> None:
    """新規ブック: ask where, make it, open it."""

    def work(app: "xw.App") -> None:
        from shikaku.jobs import new

        path = dialogs.ask_save_path(app, "新しい届出のブックの保存先", "健康保険届出.xlsx")
        if path is None:
            return
        if any(book.name.lower() == path.name.lower() for book in app.books):
            raise BookError(
                f"「{path.name}」という名前のブックが、Excelで開かれています。"
                "Excelは、同じ名前のブックを2つは開けません。",
                "そのブックを閉じるか、別の名前を付けてください。",
            )
        with busy(app, "新しいブックを作っています…"):
            result = new.new(path)
            app.books.open(str(path))
        dialogs.tell(app, f"{result.summary()}\n\n最初にシート「設定」を記入してください。")

    run_in_excel(work)


def check() -> None:
    """検証: mark the cells, fill 検証結果."""

    def work(front: Front) -> None:
        from shikaku.jobs import check as check_job

        with busy(front.app, "検証しています…") as bar:
            show = bar.count("検証しています", "種の検査")
            result = check_job.check(
                front.session("検証"), write=True, progress=lambda done, total: show(done, total, 0)
            )
        _offer(front, result.summary(), "findings")

    run_on_book(work)


def tidy() -> None:
    """表記統一: show what would change, ask, write."""

    def work(front: Front) -> None:
        from shikaku.jobs import tidy as tidy_job

        session = front.session("表記統一")
        with busy(front.app, "表記を調べています…"):
            found = tidy_job.tidy(session)
        changes = [line for line in found.lines()[:-1] if "→" in line]
        if not any(proposal.changes for proposal in found.proposals):
            dialogs.tell(front.app, "統一が必要な表記はありませんでした。")
            return
        count = sum(1 for proposal in found.proposals if proposal.changes)
        question = (
            f"{count}か所の表記を統一します。よろしいですか。\n"
            "(保存するまでは、このタブの「元に戻す」で戻せます)\n\n"
        )
        if dialogs.confirm(front.app, question + first_lines(changes)):
            with busy(front.app, "表記を統一しています…"):
                result = tidy_job.tidy(session, write=True)
            dialogs.tell(front.app, f"{result.summary()}。{front.unsaved()}")

    run_on_book(work)


def import_list(sheet: str) -> None:
    """一覧を取り込む: which file, what would come into the sheet (key), and after a yes it comes."""

    def work(front: Front) -> None:
        from shikaku.jobs import import_rows as job

        file = dialogs.ask_open_path(front.app, "取り込む一覧(CSV、.xlsx、.xls)")
        if file is None:
            return
        session = front.session("一覧を取り込む")
        with busy(front.app, "一覧を調べています…"):
            found = job.import_rows(session, file, sheet=sheet, preview=True)
        *lines, summary = found.lines()
        text = f"{summary}。\n\n{first_lines(lines)}"
        if not found.new:
            dialogs.tell(front.app, text, bad=bool(found.unwritten))
        elif dialogs.confirm(front.app, f"{text}\n\n取り込みますか。"):
            with busy(front.app, "一覧を取り込んでいます…"):
                result = job.import_rows(session, file, sheet=sheet)
            _offer(front, result.summary(), sheet)

    run_on_book(work)


def clear_marks() -> None:
    """印を消す: the colours of the checks go, what was under them comes back."""

    def work(front: Front) -> None:
        session = front.session("印を消す")
        with busy(front.app, "印を消しています…"):
            session.read()
            session.mark([])
            session.commit()
        dialogs.tell(front.app, f"検証が付けた色を消しました。{front.unsaved()}")

    run_on_book(work)


def undo() -> None:
    """元に戻す: the last of these writes, until the workbook is saved."""

    def work(front: Front) -> None:
        session = front.session()
        write = session.last_write()
        if write is None:
            raise BookError(
                "元に戻せる書き込みがありません。",
                "このタブの「検証」「表記統一」などで書き込んだ後、ブックを保存するまで使えます。",
            )
        if not dialogs.confirm(
            front.app, f"「{write.what}」で書き込んだ内容を、書き込む前に戻します。よろしいですか。"
        ):
            return
        with busy(front.app, "元に戻しています…"):
            taken = session.take_back(write)
        lines = [f"「{write.what}」の書き込みを元に戻しました。{front.unsaved()}"]
        if taken.left:
            lines.append(f"その後に変わった{taken.left}か所は、そのままにしました。")
        if write.left_out:
            lines.append(
                f"個人番号にかかわる{write.left_out}か所は、控えを残さないため戻りません。"
            )
        dialogs.tell(front.app, "\n".join(lines))

    run_on_book(work)


def submit() -> None:
    """提出用保存: an encrypted copy of the saved workbook, beside it."""

    def work(front: Front) -> None:
        from shikaku.jobs import submit as submit_job
        from shikaku.jobs.case import session_for
        from shikaku.system.passwords import SHORTEST

        path = host.require_saved(front.where)
        password = _new_password(front.app, SHORTEST)
        if password is None:
            return
        out = path.with_name(f"{path.stem}_提出用{path.suffix}")
        if out.exists() and not dialogs.confirm(
            front.app, f"「{out.name}」がすでにあります。作り直しますか。"
        ):
            return
        with busy(front.app, "検証して、提出用の写しを作っています…"):
            result = submit_job.submit(session_for(path), out, password=password)
        if not result.made:
            question = (
                f"エラーが {result.counts['error']}件 残っているため、まだ作っていません。\n"
                "「検証」を押すと、直すところが分かります。\n\nエラーを残したまま作りますか。"
            )
            if not dialogs.confirm(front.app, question):
                return
            with busy(front.app, "提出用の写しを作っています…"):
                result = submit_job.submit(
                    session_for(path), out, password=password, allow_errors=True
                )
        made = "\n".join(map(str, (out, *result.receipts)))
        dialogs.tell(
            front.app,
            f"暗号化した提出用の写しを作りました。\n{made}\n\n"
            "パスワードは、ファイルとは別の方法で保険者に伝えてください。",
        )

    run_on_book(work)


# ---------------------------------------------------------------- 判定・通知書


def decide() -> None:
    """資格確認書の判定: fill 資格確認書判定."""

    def work(front: Front) -> None:
        from shikaku.jobs import decide as decide_job

        with busy(front.app, "判定しています…"):
            result = decide_job.decide(front.session("資格確認書の判定"), write=True)
        _offer(front, result.summary(), "decisions")

    run_on_book(work)


def letters(kind: str | None = None) -> None:
    """通知書: one kind of the catalogue, or (None) all that a run makes by itself."""
    run_on_book(lambda front: make_letters(front, [kind] if kind else None))


def remind(kind: str) -> None:
    """督促状・最終通知: the return letters of one kind that are due today."""
    run_on_book(lambda front: make_letters(front, [kind]))


def make_letters(
    front: Front,
    kinds: list[str] | None,
    *,
    people: Sequence[str] = (),
    places: Sequence[tuple[str, int]] = (),
) -> None:
    """Make letters with their count in the status bar, and say what has come of it.

    kinds, people, places: as the job takes them; nobody named means everybody.
    """
    from shikaku.jobs import letters as jobs

    out = host.output_folder(front.where)
    with busy(front.app, "通知書を出す人を調べています…") as bar:
        result = jobs.letters(
            front.session(),
            out,
            kinds=kinds,
            people=people,
            places=places,
            progress=bar.count("通知書を作成中"),
        )
    if not result.made and not result.failed:
        lines = [
            *result.lines()[:-1],
            "新しく作る通知書はありませんでした(発行済みの分は作りません)。",
        ]
        dialogs.tell(front.app, first_lines(lines))
        return
    *lines, summary = result.lines()
    text = (
        f"{summary}\n\n{first_lines(lines)}\n\nシート「発行履歴」に記録しました。"
        "記録を残すため、ブックを保存してください。"
    )
    if result.exit_status:
        dialogs.tell(front.app, text, bad=True)
    elif dialogs.confirm(front.app, f"{text}\n\nフォルダを開きますか。"):
        dialogs.open_in_system(out)


# ---------------------------------------------------------------- 返納


def returns() -> None:
    """台帳更新: bring 返納管理 up to date."""

    def work(front: Front) -> None:
        from shikaku.jobs import returns as jobs

        with busy(front.app, "返納管理を調べています…"):
            result = jobs.returns(front.session("台帳更新"), write=True)
        _offer(front, result.summary(), "ledger")

    run_on_book(work)


# ---------------------------------------------------------------- 補助


def settings() -> None:
    """設定: the sheet to the front."""
    run_on_book(lambda front: front.show("settings"))


def output_folder() -> None:
    """出力フォルダを開く."""

    def work(front: Front) -> None:
        folder = host.output_folder(front.where)
        if not folder.is_dir():
            raise BookError(
                f"まだ通知書のフォルダがありません({folder})。",
                "「通知書」か「一括作成」を押すと、ここに作られます。",
            )
        dialogs.open_in_system(folder)

    run_on_book(work)


def help_page() -> None:
    """ヘルプ: what each button does, as a page in the browser."""

    def work(_app: "xw.App | None") -> None:
        from shikaku import ribbon_help

        dialogs.open_in_system(ribbon_help.write())

    run(work)


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

    run(work)


def _offer(front: Front, text: str, key: str) -> None:
    """The summary, and the sheet that holds the rest."""
    name = schema().sheets[key].name
    if dialogs.confirm(front.app, f"{text}。{front.unsaved()}\n\nシート「{name}」を表示しますか。"):
        front.show(key)


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


def first_lines(lines: list[str]) -> str:
    """The first lines of a list, and how many there are beyond."""
    more = len(lines) - _SHOWN
    return "\n".join([*lines[:_SHOWN], f"… ほか{more}件"] if more > 0 else lines)
