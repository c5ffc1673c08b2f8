"""The question for a new password: typed twice, hidden, refused at once when it won't do."""

import tkinter as tk
from tkinter import ttk

from shikaku.app.actions import password_fault


class PasswordDialog:
    """A window of its own over ``parent``. ``value``: the password, None when it was given up."""

    def __init__(self, parent: tk.Misc):
        self.value: str | None = None
        self.top = tk.Toplevel(parent)
        self.top.title("提出用の写しのパスワード")
        self.top.resizable(False, False)
        self.top.transient(parent.winfo_toplevel())
        frame = ttk.Frame(self.top, padding=16)
        frame.grid()
        ttk.Label(
            frame,
            text="組合と決めたパスワードを入力してください。\n忘れると、写しは誰にも開けません。",
        ).grid(row=0, column=0, columnspan=2, sticky="w", pady=(0, 10))
        self.entries: list[ttk.Entry] = []
        for row, label in enumerate(("パスワード", "もう一度"), 1):
            ttk.Label(frame, text=label).grid(row=row, column=0, sticky="w", padx=(0, 8))
            entry = ttk.Entry(frame, show="●", width=28)
            entry.grid(row=row, column=1, pady=3)
            self.entries.append(entry)
        self.fault = ttk.Label(frame, foreground="#b3261e", wraplength=300)
        self.fault.grid(row=3, column=0, columnspan=2, sticky="w", pady=6)
        buttons = ttk.Frame(frame)
        buttons.grid(row=4, column=0, columnspan=2, sticky="e")
        ttk.Button(buttons, text="決定", command=self.accept).grid(row=0, column=0, padx=6)
        ttk.Button(buttons, text="キャンセル", command=self.top.destroy).grid(row=0, column=1)
        self.top.bind("<Return>", lambda _event: self.accept())
        self.top.bind("<Escape>", lambda _event: self.top.destroy())
        over = parent.winfo_toplevel()
        self.top.geometry(f"+{over.winfo_rootx() + 120}+{over.winfo_rooty() + 100}")
        self.entries[0].focus_set()

    def accept(self) -> None:
        """決定: taken when both are the same and good enough, else said why not."""
        first, second = (entry.get() for entry in self.entries)
        fault = password_fault(first, second)
        if fault:
            self.fault.configure(text=fault)
            return
        self.value = first
        self.top.destroy()


def ask_password(parent: tk.Misc) -> str | None:
    """A password typed twice the same; None when the user gives up."""
    dialog = PasswordDialog(parent)
    dialog.top.grab_set()
    parent.wait_window(dialog.top)
    return dialog.value
