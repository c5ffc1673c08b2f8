"""Text drawn straight onto a PDF's page: page marks of a print run, address labels.

Letters come from Word files; what is printed beside or without them is drawn here with the same
fonts, cut to the characters that occur.
"""

from collections.abc import Iterable, Iterator
from math import fsum

from shikaku.letters.fonts.coverage import clusters, set_text
from shikaku.letters.fonts.face import BREAK, Face
from shikaku.letters.fonts.subset import FontSet
from shikaku.letters.pdf.writer.programs import FontProgram

_PREFIX = "Shikaku"


class Lettering:
    """The texts that will be drawn, and their fonts.

    texts: all of them, before anything is drawn. missing: characters that no font has; they are
    left out. programs: the fonts by the names of their resources.
    """

    def __init__(self, texts: Iterable[str], fonts: FontSet) -> None:
        self._fonts = fonts
        self._set = {text: set_text(text, fonts) for text in texts}
        self.missing = frozenset(c for one in self._set.values() for c in one.missing)
        needed: dict[Face, set[str]] = {}
        for text in self._set:
            for face, shown in self._runs(text):
                needed.setdefault(face, set()).update(shown)
        self._names = {face: f"{_PREFIX}{number}" for number, face in enumerate(needed)}
        self._cut = {face: FontProgram(face, tuple(sorted(needed[face]))) for face in needed}
        self.programs = {self._names[face]: program for face, program in self._cut.items()}

    def width(self, text: str, size: float) -> float:
        """Points that a text takes at a size of so many points."""
        return fsum(  # not sum, which rounds otherwise since Python 3.12
            face.advance(char) / face.units * size
            for face, shown in self._runs(text)
            for char in shown
        )

    def show(self, text: str, size: float) -> bytes:
        """The operators that draw a text, between ``BT`` and ``ET``."""
        return b"".join(
            b"/%s %.2f Tf <%s> Tj "
            % (
                self._names[face].encode(),
                size,
                b"".join(self._cut[face].codes[char] for char in shown),
            )
            for face, shown in self._runs(text)
        )

    def _runs(self, text: str) -> Iterator[tuple[Face, list[str]]]:
        """The characters of a text (with their variation selectors), face by face."""
        for run in self._set[text].pieces:
            face = run.face or self._fonts.main
            shown = [c if face.has(c) else c[0] for c in clusters(run.text.replace(BREAK, ""))]
            if shown:
                yield face, shown
