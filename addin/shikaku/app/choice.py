"""The question for one of a few things: a button to mark for each, the first one proposed."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk


class ChoiceDialog:
    """A window of its own over ``parent``. choices: (value, label); ``value``: what was chosen, None
    when it was given up."""

    def __init__(self, parent: tk.Misc, title: str, text: str, choices: Sequence[tuple[str, str]]):
        self.value: str | None = None
        self.top = tk.Toplevel(parent)
        self.top.title(title)
        self.top.resizable(False, False)
        self.top.transient(parent.winfo_toplevel())
        frame = ttk.Frame(self.top, padding=16)
        frame.grid()
        ttk.Label(frame, text=text, wraplength=320).grid(sticky="w", pady=(0, 8))
        self.chosen = tk.StringVar(self.top, value=choices[0][0])
        for value, label in choices:
            one = ttk.Radiobutton(frame, text=label, value=value, variable=self.chosen)
            one.grid(sticky="w", pady=2)
        buttons = ttk.Frame(frame)
        buttons.grid(sticky="e", pady=(10, 0))
        ttk.Button(buttons, text="決定", command=self.accept).grid(row=0, column=0, padx=6)
        ttk.Button(buttons, text="キャンセル", command=self.top.destroy).grid(row=0, column=1)
        self.top.bind("<Return>", lambda _event: self.accept())
        self.top.bind("<Escape>", lambda _event: self.top.destroy())
        over = parent.winfo_toplevel()
        self.top.geometry(f"+{over.winfo_rootx() + 120}+{over.winfo_rooty() + 100}")

    def accept(self) -> None:
        """決定."""
        self.value = self.chosen.get()
        self.top.destroy()


def ask_choice(
    parent: tk.Misc, title: str, text: str, choices: Sequence[tuple[str, str]]
) -> str | None:
    """The value of one of the choices; None when the user gives up."""
    dialog = ChoiceDialog(parent, title, text, choices)
    dialog.top.grab_set()
    parent.wait_window(dialog.top)
    return dialog.value
