"""Opening the window, or saying why there is none on this machine."""

from pathlib import Path

from shikaku.system import display
from shikaku.system.errors import UsageError

_MEANWHILE = "画面のないときは、「shikaku check」などのコマンドを使ってください。"


def start(path: Path | None = None) -> None:
    """Open the window and stay until it is closed. Raises UsageError where there can be none."""
    if why := display.obstacle():
        raise UsageError(f"{why}。", _MEANWHILE)
    import tkinter

    from shikaku.app import window

    try:
        window.run(path)
    except tkinter.TclError:
        raise UsageError("画面につながっていないため、窓を開けません。", _MEANWHILE) from None
