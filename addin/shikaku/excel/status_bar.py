"""Excel's status bar while a button works: a text, or a live count with the time left.

A bar that can't be written (a cell is being edited) never stops the work that it tells of.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from shikaku.excel import stopping
from shikaku.system import masking

if TYPE_CHECKING:
    import xlwings as xw

_TITLE = "資格確認: "
_PAUSE = 0.3  # seconds between two texts of a count: each is a call into Excel
_WARM_UP = 2.0  # seconds until the speed says something
_MINUTE = 60

_open: list["StatusBar"] = []  # innermost last: a job's own text gives way to the button's again


class StatusBar:
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
            self.app.status_bar = masking.shown(text) if isinstance(text, str) else text

    def count(self, what: str, unit: str = "件") -> Callable[[int, int, int], None]:
        """A function that tells (done, total, done before this run) as a live count. Raises
        KeyboardInterrupt when the user has pressed Esc."""
        shown = float("-inf")
        # Getting ready takes longer than a letter and says nothing of the speed: that is measured
        # from the first ones on, which come in a bunch.
        began, first = None, 0

        def tell(done: int, total: int, before: int = 0) -> None:
            nonlocal began, first, shown
            stopping.check()
            now = time.monotonic()
            own = done - before
            if own and (began is None or now - began < _PAUSE):
                began, first = began or now, own
            if total and (now - shown >= _PAUSE or done == total):
                shown = now
                left = _left(total - done, own - first, now - (began or now))
                self.say(f"{what}… {done:,} / {total:,}{unit}{left}")

        return tell


def _left(rest: int, done: int, seconds: float) -> str:
    """How long the rest will still take, when so many took these seconds.

    >>> _left(80, 10, 5.0)
    '(残り約40秒、Escで中止)'
    """
    if not rest:
        return "(仕上げています)"
    if not done or seconds < _WARM_UP:
        return stopping.HINT
    left = rest * seconds / done
    long = f"{-(-left // _MINUTE):.0f}分" if left >= _MINUTE else f"{-(-left // 5) * 5:.0f}秒"
    return f"(残り約{long}、Escで中止)"


@contextmanager
def quiet(app: "xw.App", text: str = "") -> Iterator[StatusBar]:
    """A text in the status bar meanwhile; afterwards what was there before, whatever happens."""
    bar = StatusBar(app, text)
    if text:
        bar.say(text)
    _open.append(bar)
    try:
        yield bar
    finally:
        _open.remove(bar)
        bar.give_back()
