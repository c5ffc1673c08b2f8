"""Lines and text on a PDF's page, in millimetres from its upper left corner."""

from shikaku.letters.pdf.lettering import Lettering
from shikaku.letters.pdf.writer.content import marked

POINTS = 72 / 25.4
"""Points a millimetre."""


class Drawing:
    """What is drawn on one page. height: the page's, in points. lettering: knows all texts.

    Nothing of it is part of what the page says, so readers for the blind pass over it, but texts
    with a mark."""

    def __init__(self, height: float, lettering: Lettering) -> None:
        self._height, self._lettering = height, lettering
        self._operators: list[bytes] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        grey: float = 0,
        mark: int | None = None,
    ) -> None:
        """A text from x, its baseline at y. size: points; grey: 0 black to 1 white; mark: its MCID,
        where the structure has it."""
        self._add(
            b"%.3f g BT 1 0 0 1 %.3f %.3f Tm " % (grey, x * POINTS, self._up(y))
            + self._lettering.show(text, size)
            + b"ET 0 g\n",
            mark,
        )

    def text_to(self, x: float, y: float, text: str, size: float, *, grey: float = 0) -> None:
        """A text that ends at x."""
        self.text(x - self._lettering.width(text, size) / POINTS, y, text, size, grey=grey)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.25) -> None:
        """A black line. width: points."""
        self._add(
            b"%.2f w %.3f %.3f m %.3f %.3f l S\n"
            % (width, x1 * POINTS, self._up(y1), x2 * POINTS, self._up(y2))
        )

    def _up(self, y: float) -> float:
        return self._height - y * POINTS

    def _add(self, operators: bytes, mark: int | None = None) -> None:
        self._operators.append(marked(operators, mark))

    @property
    def content(self) -> bytes:
        """The content stream."""
        return b"q\n" + b"".join(self._operators) + b"Q\n"
