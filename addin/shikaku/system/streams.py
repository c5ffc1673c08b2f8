"""Standard output and error that a job can't fail over: whoever reads them may be gone."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO


class Tolerant:
    """A stream that takes text for as long as it can be passed on. ``trouble``: why it couldn't."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self.trouble: OSError | None = None

    def write(self, text: str) -> int:
        """Pass text on; says that all was taken in any case."""
        if self.trouble is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self._lost(error)
        return len(text)

    def flush(self) -> None:
        """Pass on what has been held back."""
        if self.trouble is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._lost(error)

    def _lost(self, error: OSError) -> None:
        """Nobody takes any more: what is left goes nowhere, at the end of the program too."""
        self.trouble = error
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _written_otherwise(error: UnicodeError) -> tuple[str, int]:
    """What a console of another encoding gets for a character that it hasn't: the usual other form of
    a name's (𠮷 → 吉), else 〓, as print has it; never a 「?」 that could be the text's own."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from shikaku.fields import person_name

    found = []
    for char in error.object[error.start : error.end]:
        if char in person_name.SELECTORS:  # the form of the character before: nothing of its own
            continue
        for form in (person_name.filed_glyphs(char), "〓"):
            with suppress(UnicodeEncodeError):
                form.encode(error.encoding)
                found.append(form)
                break
        else:
            found.append("?")
    return "".join(found), error.end


_OTHERWISE = "shikaku.otherwise"
codecs.register_error(_OTHERWISE, _written_otherwise)


def in_utf8() -> None:
    """Standard output in UTF-8 from here on, whatever the console: for what programs read."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def tolerant() -> Iterator[tuple[Tolerant, Tolerant]]:
    """Standard output and error, UTF-8 where the console knows no Japanese, that raise nothing for
    the length of a block."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # a scheduled task has no console: nobody listens
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            known = encoding in ("utf8", "cp932", "shift_jis")
            reconfigure(encoding=None if known else "utf-8", errors=_OTHERWISE)
    out, error = Tolerant(sys.stdout), Tolerant(sys.stderr)
    with redirect_stdout(out), redirect_stderr(error):
        try:
            yield out, error
        finally:
            out.flush()
            error.flush()
