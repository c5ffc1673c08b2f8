"""What is on the window, and how it shows things: no job is known here."""

import sys
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Protocol

from shikaku import __version__
from shikaku.app.actions import FindingRow

EVERYTHING = "すべて"
SEVERITIES = ("エラー", "警告", "情報")
COLOURS = {"エラー": "#b3261e", "警告": "#8a5a00", "情報": "#1a5fb4"}


class Presses(Protocol):
    """What the buttons call."""

    def choose(self) -> None: ...
    def new(self) -> None: ...
    def check(self) -> None: ...
    def write(self) -> None: ...
    def import_list(self) -> None: ...
    def upgrade(self) -> None: ...
    def submit(self) -> None: ...
    def letters(self) -> None: ...
    def open_book(self) -> None: ...
    def open_folder(self) -> None: ...
    def go_to(self) -> None: ...
    def stop(self) -> None: ...


class Layout:
    """The widgets on ``root``. findings: what the list shows, in the order of their severity."""

    def __init__(self, root: tk.Tk, presses: Presses):
        self.root = root
        self.findings: tuple[FindingRow, ...] = ()
        if sys.platform.startswith("linux"):
            ttk.Style(root).theme_use("clam")  # Tk's own default there is of the nineties
        self._build(presses)

    def _build(self, presses: Presses) -> None:
        self.root.columnconfigure(0, weight=1)
        self.root.rowconfigure(2, weight=1)
        self._build_head(presses)
        self._build_filter()
        self._build_list(presses)
        self._build_detail()
        self._build_buttons(presses)
        self._build_status(presses)

    def _build_head(self, presses: Presses) -> None:
        head = ttk.Frame(self.root, padding=(12, 12, 12, 4))
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(2, weight=1)
        self.choose_button = ttk.Button(head, text="ブックを選ぶ…", command=presses.choose)
        self.choose_button.grid(row=0, column=0)
        self.new_button = ttk.Button(head, text="新規ブック…", command=presses.new)
        self.new_button.grid(row=0, column=1, padx=(6, 12))
        self.upgrade_button = ttk.Button(head, text="様式を更新…", command=presses.upgrade)
        self.upgrade_button.grid(row=0, column=3)
        self.name = ttk.Label(head, text="届出のブック(.xlsx)を選ぶか、この窓に落としてください。")
        self.name.grid(row=0, column=2, sticky="w")

    def _build_filter(self) -> None:
        line = ttk.Frame(self.root, padding=(12, 4))
        line.grid(row=1, column=0, sticky="ew")
        ttk.Label(line, text="表示:").grid(row=0, column=0)
        self.shown = tk.StringVar(value=EVERYTHING)
        choices = (EVERYTHING, *SEVERITIES)
        self.filter = ttk.Combobox(
            line, textvariable=self.shown, values=choices, state="readonly", width=8
        )
        self.filter.grid(row=0, column=1, padx=6)
        self.filter.bind("<<ComboboxSelected>>", lambda _event: self.fill())
        self.counts = ttk.Label(line)
        self.counts.grid(row=0, column=2)

    def _build_list(self, presses: Presses) -> None:
        frame = ttk.Frame(self.root, padding=(12, 0))
        frame.grid(row=2, column=0, sticky="nsew")
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=1)
        columns = {"severity": "重大度", "place": "場所", "item": "項目", "message": "内容"}
        widths = {"severity": 70, "place": 150, "item": 150, "message": 440}
        self.list = ttk.Treeview(
            frame, columns=tuple(columns), show="headings", selectmode="browse"
        )
        for key, label in columns.items():
            self.list.heading(key, text=label, anchor="w")
            self.list.column(key, width=widths[key], stretch=key == "message", anchor="w")
        for severity, colour in COLOURS.items():
            self.list.tag_configure(severity, foreground=colour)
        bar = ttk.Scrollbar(frame, command=self.list.yview)
        self.list.configure(yscrollcommand=bar.set)
        self.list.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.list.bind("<<TreeviewSelect>>", lambda _event: self.explain())
        for key in ("<Double-1>", "<Return>"):
            self.list.bind(key, lambda _event: presses.go_to())

    def _build_detail(self) -> None:
        frame = ttk.Frame(self.root, padding=(12, 6))
        frame.grid(row=3, column=0, sticky="ew")
        frame.columnconfigure(0, weight=1)
        self.detail = tk.Text(frame, height=6, wrap="word", state="disabled", relief="solid", bd=1)
        self.detail.configure(padx=8, pady=6, font="TkDefaultFont", takefocus=False)
        self.detail.grid(row=0, column=0, sticky="ew")
        bar = ttk.Scrollbar(frame, command=self.detail.yview)
        self.detail.configure(yscrollcommand=bar.set)
        bar.grid(row=0, column=1, sticky="ns")

    def _build_buttons(self, presses: Presses) -> None:
        line = ttk.Frame(self.root, padding=(12, 0))
        line.grid(row=4, column=0, sticky="ew")
        wanted: tuple[tuple[str, Callable[[], None]], ...] = (
            ("検証し直す(F5)", presses.check),
            ("ブックに書き込む", presses.write),
            ("一覧を取り込む…", presses.import_list),
            ("提出用に保存…", presses.submit),
            ("通知書を作る…", presses.letters),
            ("ブックを開く", presses.open_book),
            ("フォルダを開く", presses.open_folder),
        )
        self.buttons = [ttk.Button(line, text=text, command=work) for text, work in wanted]
        for number, button in enumerate(self.buttons):
            button.grid(row=0, column=number, padx=(0, 6), sticky="ew")

    def _build_status(self, presses: Presses) -> None:
        line = ttk.Frame(self.root, padding=12)
        line.grid(row=5, column=0, sticky="ew")
        line.columnconfigure(0, weight=1)
        self.status = ttk.Label(line, text=f"shikaku {__version__}")
        self.status.grid(row=0, column=0, sticky="ew")
        # As wide as there is room: a line more would move the buttons under the mouse.
        self.status.bind("<Configure>", lambda e: self.status.configure(wraplength=e.width))
        self.bar = ttk.Progressbar(line, length=140, mode="indeterminate")
        self.stop_button = ttk.Button(line, text="中止", command=presses.stop)

    def say(self, text: str, *, bad: bool = False) -> None:
        """The status line."""
        self.status.configure(text=text, foreground=COLOURS["エラー"] if bad else "")

    def describe(self, text: str) -> None:
        """The details below the list."""
        self.detail.configure(state="normal")
        self.detail.replace("1.0", "end", text)
        self.detail.configure(state="disabled")

    def fill(self) -> None:
        """The list, as far as the filter lets it."""
        self.list.delete(*self.list.get_children())
        wanted = self.shown.get()
        for number, row in enumerate(self.findings):
            if wanted in (EVERYTHING, row.severity):
                values = (row.severity, row.place, row.item, row.message)
                self.list.insert("", "end", iid=str(number), values=values, tags=(row.severity,))
        found = [sum(row.severity == s for row in self.findings) for s in SEVERITIES]
        self.counts.configure(
            text="　".join(f"{s} {n}件" for s, n in zip(SEVERITIES, found, strict=True))
        )

    def selected(self) -> FindingRow | None:
        """The finding under the cursor."""
        chosen = self.list.selection()
        return self.findings[int(chosen[0])] if chosen else None

    def explain(self) -> None:
        """That finding whole, with the way out and the source."""
        if row := self.selected():
            self.describe(
                f"[{row.severity} {row.code}] {row.place} {row.item}\n{row.message}\n"
                f"直し方: {row.hint}\n根拠: {row.source}"
            )

    def take(self, name: str, findings: tuple[FindingRow, ...]) -> None:
        """Another workbook's name, or its findings: errors first."""
        order = {severity: number for number, severity in enumerate(SEVERITIES)}
        self.findings = tuple(sorted(findings, key=lambda row: order[row.severity]))
        self.name.configure(text=name)
        self.shown.set(EVERYTHING)
        self.fill()

    def working(self, text: str) -> None:
        """A job has begun: a moving bar and the button that stops it."""
        self.say(text)
        self.bar.configure(mode="indeterminate")
        self.bar.grid(row=0, column=1, padx=6)
        self.stop_button.grid(row=0, column=2)
        self.bar.start(12)

    def progress(self, made: int, wanted: int) -> None:
        """How many letters of how many."""
        self.bar.stop()
        self.bar.configure(mode="determinate", maximum=max(wanted, 1), value=made)
        self.say(f"通知書を作成中です… {made:,} / {wanted:,}通")

    def rested(self) -> None:
        """The job has ended."""
        self.bar.stop()
        self.bar.grid_remove()
        self.stop_button.grid_remove()

    def enable(self, *, free: bool, book: bool, folder: bool) -> None:
        """What may be pressed now: nothing while a job runs, most of it only with a workbook."""
        always = (self.choose_button, self.new_button)
        *with_book, last = self.buttons
        wanted = [(b, free) for b in always]
        wanted += [(b, free and book) for b in (self.upgrade_button, *with_book)]
        for button, active in [*wanted, (last, free and folder)]:
            button.state(["!disabled" if active else "disabled"])
