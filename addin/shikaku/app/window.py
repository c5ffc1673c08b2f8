"""The window: a workbook chosen or dropped, its findings, and a button for each job.

Widgets only; what a button does stands in ``actions``, and runs in ``worker``.
"""

import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import filedialog, messagebox

from shikaku.app import actions, dialog_words
from shikaku.app.actions import Outcome, Progress
from shikaku.app.choice import ask_choice
from shikaku.app.layout import Layout
from shikaku.app.password import ask_password
from shikaku.app.worker import Worker

TITLE = "資格確認 ― 健康保険の届出"
_POLL = 80  # milliseconds between two looks at a running job
_LISTS = (("一覧", "*.csv *.xlsx *.xlsm *.xls *.txt"), ("すべてのファイル", "*.*"))
_FILES = (("Excelブック", "*.xlsx *.xlsm"), ("すべてのファイル", "*.*"))


class Window:
    """The whole window. root: an empty top-level widget; path: a workbook to open at once."""

    def __init__(self, root: tk.Tk, path: Path | None = None):
        self.root = root
        self.path: Path | None = None
        self.folder: Path | None = None
        self.worker = Worker()
        root.title(TITLE)
        root.minsize(900, 560)
        root.protocol("WM_DELETE_WINDOW", self.close)
        self.view = Layout(root, self)
        self._accept_drops()
        for key, work in (("<Control-o>", self.choose), ("<F5>", self.check)):
            root.bind(key, lambda _event, work=work: work())  # type: ignore[misc]
        self._enable()
        if path is not None:
            root.after(50, partial(self.open, path))

    def _accept_drops(self) -> None:
        """Files dropped from the file manager, where ``tkinterdnd2`` has made the root for it."""
        if hasattr(self.root, "drop_target_register"):
            self.root.drop_target_register("DND_Files")
            self.root.dnd_bind("<<Drop>>", self._dropped)  # type: ignore[attr-defined]

    def _dropped(self, event: "tk.Event[tk.Misc]") -> None:
        files = self.root.tk.splitlist(getattr(event, "data", ""))
        if files and not self.worker.busy:
            self.open(Path(files[0]))

    # ------------------------------------------------------------ a job and its end

    def _enable(self) -> None:
        self.view.enable(
            free=not self.worker.busy, book=self.path is not None, folder=self.folder is not None
        )

    def _run(
        self,
        text: str,
        work: Callable[[Progress], Outcome],
        then: Callable[[Outcome], None] | None = None,
    ) -> None:
        if self.worker.busy:
            return
        self.worker.start(work)
        self.view.working(text)
        self._enable()
        self._poll(then or self.show)

    def _poll(self, then: Callable[[Outcome], None]) -> None:
        def done(outcome: Outcome) -> None:
            self.view.rested()
            then(outcome)
            self._enable()

        self.worker.poll(self.view.progress, done)
        if self.worker.busy:
            self.root.after(_POLL, partial(self._poll, then))

    def show(self, outcome: Outcome) -> None:
        """The end of a job: its sentence, its lines, its findings."""
        if outcome.folder is not None:
            self.folder = outcome.folder if outcome.folder.is_dir() else outcome.folder.parent
        if outcome.findings is not None:
            self.view.take(self.path.name if self.path else "", outcome.findings)
        self.view.say(outcome.text, bad=outcome.bad)
        self.view.describe("\n".join(outcome.lines))

    # ------------------------------------------------------------ the buttons

    def choose(self) -> None:
        """ブックを選ぶ."""
        if self.worker.busy:
            return
        name = filedialog.askopenfilename(parent=self.root, title="届出のブック", filetypes=_FILES)
        if name:
            self.open(Path(name))

    def new(self) -> None:
        """新規ブック: asked where, made, opened in Excel and here."""
        name = filedialog.asksaveasfilename(
            parent=self.root,
            title="新しい届出のブックの保存先",
            initialfile="健康保険届出.xlsx",
            defaultextension=".xlsx",
            filetypes=_FILES[:1],
            confirmoverwrite=False,
        )
        if not name:
            return

        def opened(outcome: Outcome) -> None:
            self.show(outcome)
            if not outcome.bad:
                self._take(Path(name))
                self.open_book()

        path = Path(name)
        self._run("新しいブックを作っています…", lambda _progress: actions.new_book(path), opened)

    def _take(self, path: Path) -> None:
        self.path, self.folder = path, path.parent
        self.root.title(f"{path.name} ― {TITLE}")
        self.view.take(path.name, ())

    def open(self, path: Path) -> None:
        """A workbook chosen or dropped: taken, and checked at once."""
        refused = actions.refuse_kind(path)
        if refused:
            self.show(refused)
            return
        self._take(path)
        self.check()

    def check(self) -> None:
        """検証し直す."""
        if path := self.path:
            self._run("検証しています…", lambda _progress: actions.check(path))

    def write(self) -> None:
        """ブックに書き込む: colours on the cells, the list on 検証結果."""
        if path := self.path:
            self._run(
                "ブックに書き込んでいます…", lambda _progress: actions.check(path, write=True)
            )

    def upgrade(self) -> None:
        """様式を更新: a workbook of an older form into the present one, then checked anew."""
        path = self.path
        if path is None or not self._agreed(
            f"「{path.name}」を、今の様式に更新します。入力した行・設定・履歴はそのままで、"
            "更新前のブックは控えに残ります。よろしいですか。"
        ):
            return

        def upgraded(outcome: Outcome) -> None:
            self.show(outcome)
            if outcome.folder is not None:
                self.root.after_idle(self.check)

        self._run("様式を更新しています…", lambda _progress: actions.upgrade(path), upgraded)

    def import_list(self) -> None:
        """一覧を取り込む: which file, which sheet, what would come, and after a yes it comes."""
        path = self.path
        if path is None:
            return
        name = filedialog.askopenfilename(
            parent=self.root, title="取り込む一覧(CSV、.xlsx、.xls)", filetypes=_LISTS
        )
        sheet = name and ask_choice(
            self.root,
            "一覧を取り込む",
            "どのシートに取り込みますか。",
            actions.import_targets(),
        )
        if not sheet:
            return
        file = Path(name)

        def previewed(outcome: Outcome) -> None:
            self.show(outcome)
            if not outcome.bad and self._agreed(
                f"{outcome.text}\n(内容は窓の下の欄にあります)\n\n取り込みますか。"
            ):
                self.root.after_idle(partial(self._import, path, file, sheet))

        self._run(
            "一覧を調べています…",
            lambda _progress: actions.import_rows(path, file, sheet),
            previewed,
        )

    def _import(self, path: Path, file: Path, sheet: str) -> None:
        self._run(
            "一覧を取り込んでいます…",
            lambda _progress: actions.import_rows(path, file, sheet, write=True),
        )

    def submit(self) -> None:
        """提出用に保存: a password typed twice, then where; with errors only on request."""
        path = self.path
        if path is None:
            return
        password = ask_password(self.root)
        if password is None:
            return
        proposed = actions.submission_path(path)
        name = filedialog.asksaveasfilename(
            parent=self.root,
            title="提出用の写しの保存先",
            initialdir=str(proposed.parent),
            initialfile=proposed.name,
            defaultextension=proposed.suffix,
            filetypes=_FILES[:1],
        )
        if name:
            self._submit(path, Path(name), password, allow_errors=False)

    def _submit(self, path: Path, out: Path, password: str, *, allow_errors: bool) -> None:
        def done(outcome: Outcome) -> None:
            self.show(outcome)
            stopped = outcome.bad and outcome.folder is None and not outcome.lines
            if (
                stopped
                and not allow_errors
                and self._agreed(
                    f"{outcome.text}\n「検証し直す」で、直すところが分かります。\n\n"
                    "エラーを残したまま作りますか。"
                )
            ):
                self.root.after_idle(partial(self._submit, path, out, password, allow_errors=True))

        self._run(
            "検証して、提出用の写しを作っています…",
            lambda _progress: actions.submit(path, out, password, allow_errors=allow_errors),
            done,
        )

    def letters(self) -> None:
        """通知書を作る: what is due, after a question, since each is made only once."""
        path = self.path
        if path is None or not self._agreed(
            f"作る必要のある通知書を、フォルダ「{actions.letters_folder(path).name}」に作ります。\n"
            "作った人は、ブックのシート「発行履歴」に記録します。よろしいですか。"
        ):
            return
        self._run("通知書を出す人を調べています…", lambda progress: actions.letters(path, progress))

    def _agreed(self, text: str) -> bool:
        return messagebox.askyesno(TITLE, text, parent=self.root)

    def stop(self) -> None:
        """中止: at the job's next step."""
        self.worker.stop()
        self.view.say("中止しています…(書き込みの途中なら、終わるまで待ちます)")

    def go_to(self) -> None:
        """The finding's cell: its address to the clipboard, the workbook in front."""
        row = self.view.selected()
        if row is None:
            return
        self.root.clipboard_clear()
        self.root.clipboard_append(row.place)
        self.open_book()
        self.view.say(
            f"{row.place} をコピーしました。Excelの名前ボックスに貼り付けると、そのセルへ移ります。"
        )

    def open_book(self) -> None:
        """ブックを開く, in the program that opens such files."""
        if self.path:
            self._open(self.path)

    def open_folder(self) -> None:
        """フォルダを開く: where the last files are."""
        if self.folder:
            self._open(self.folder)

    def _open(self, target: Path) -> None:
        from shikaku.excel.dialogs import open_in_system

        def work() -> Outcome:
            open_in_system(target)
            return Outcome("")

        outcome = actions.guarded(work)
        if outcome.bad:
            self.show(outcome)

    def close(self) -> None:
        """The window's own end: a running job is asked to stop and waited for."""
        if self.worker.busy and not self._agreed("まだ処理の途中です。中止して閉じますか。"):
            return
        self.worker.stop()
        self.worker.wait()
        self.root.destroy()


def root() -> tk.Tk:
    """An empty top-level widget, one that takes dropped files where that can be had.

    Raises ``tk.TclError`` where there is no screen.
    """
    if sys.platform == "win32":
        _sharp()
    made = _droppable() or tk.Tk(className="shikaku")
    dialog_words.translate(made)
    return made


def _droppable() -> tk.Tk | None:
    try:
        from tkinterdnd2 import TkinterDnD

        made: tk.Tk = TkinterDnD.Tk(className="shikaku")
    except (ImportError, RuntimeError):  # not there, or not fit for this system: choosing always is
        return None
    return made


def _sharp() -> None:
    """Windows draws a window of its own size on a screen of high resolution, not an enlarged one."""
    import ctypes

    try:
        ctypes.windll.shcore.SetProcessDpiAwareness(1)  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return  # Windows before 8.1


def run(path: Path | None = None) -> None:
    """Open the window and stay until it is closed. Raises ``tk.TclError`` without a screen."""
    top = root()
    Window(top, path)
    top.mainloop()
