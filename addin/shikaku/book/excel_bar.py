"""Excel's status bar while a button works: a text, or a live count with the time left.

A bar that can't be written (a cell is being edited) never stops the work that it tells of.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings as xw

_TITLE = "資格確認: "
_PAUSE = 0.3  # seconds between two texts of a count: each is a call into Excel
_WARM_UP = 2.0  # seconds until the speed says something
_MINUTE = 60

_open: list["Bar"] = []  # innermost last: a job's own text gives way to the button's again


class Bar:
    """The status bar of one Excel, as long as ``quiet`` lasts."""

    def __init__(self, app: "xw.App", text: str):
        self.app, self.text = app, text

    def say(self, text: str) -> None:
        """Show a text."""
        self.text = text
        self._show(_TITLE + text if text else False)

    def give_back(self) -> None:
        """Let go: the text of the bar around this one comes back, or else Excel's own."""
        outer = _open[-1].text if _open else ""
        self._show(_TITLE + outer if outer else False)

    def _show(self, text: str | bool) -> None:
        with suppress(Exception):
            self.app.status_bar = text

    def count(self, what: str) -> Callable[[int, int, int], None]:
        """A function that tells (done, total, done before this run) as a live count."""
        began = shown = float("-inf")

        def tell(done: int, total: int, before: int = 0) -> None:
            nonlocal began, shown
            now = time.monotonic()
            if began < 0:
                began = now
            if total and (now - shown >= _PAUSE or done == total):
                shown = now
                left = _left(done, total, before, now - began)
                self.say(f"{what}… {done:,} / {total:,}件{left}")

        return tell


def _left(done: int, total: int, before: int, seconds: float) -> str:
    """How long it will still take, as far as that can be told.

    >>> _left(12, 92, 2, 5.0)
    '(残り約40秒)'
    """
    if done == total:
        return "(仕上げています)"
    if done == before or seconds < _WARM_UP:
        return ""
    left = (total - done) * seconds / (done - before)
    if left < _MINUTE:
        return f"(残り約{-(-left // 5) * 5:.0f}秒)"
    return f"(残り約{-(-left // _MINUTE):.0f}分)"


@contextmanager
def quiet(app: "xw.App", text: str = "") -> Iterator[Bar]:
    """A text in the status bar meanwhile; afterwards what was there before, whatever happens."""
    bar = Bar(app, text)
    if text:
        bar.say(text)
    _open.append(bar)
    try:
        yield bar
    finally:
        _open.remove(bar)
        bar.give_back()
