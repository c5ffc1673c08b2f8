"""Lines and text on a PDF's page, in millimetres from its upper left corner."""

import pikepdf

from shikaku.letters.fonts.lettering import Lettering

POINTS = 72 / 25.4
"""Points a millimetre."""


class Drawing:
    """What is drawn on one page. height: the page's, in points. lettering: knows all texts.
    furniture: not part of what the page says, so that readers for the blind pass over it."""

    def __init__(self, height: float, lettering: Lettering, *, furniture: bool = True) -> None:
        self._height, self._lettering, self._furniture = height, lettering, furniture
        self._operators: list[bytes] = []

    def text(self, x: float, y: float, text: str, size: float, *, grey: float = 0) -> None:
        """A text from x, its baseline at y. size: points; grey: 0 black to 1 white."""
        self._operators.append(
            b"%.3f g BT 1 0 0 1 %.3f %.3f Tm " % (grey, x * POINTS, self._up(y))
            + self._lettering.show(text, size)
            + b"ET 0 g"
        )

    def text_to(self, x: float, y: float, text: str, size: float, *, grey: float = 0) -> None:
        """A text that ends at x."""
        self.text(x - self._lettering.width(text, size) / POINTS, y, text, size, grey=grey)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.25) -> None:
        """A black line. width: points."""
        self._operators.append(
            b"%.2f w %.3f %.3f m %.3f %.3f l S"
            % (width, x1 * POINTS, self._up(y1), x2 * POINTS, self._up(y2))
        )

    def _up(self, y: float) -> float:
        return self._height - y * POINTS

    @property
    def content(self) -> bytes:
        """The content stream."""
        drawn = b"q\n" + b"\n".join(self._operators) + b"\nQ\n"
        return b"/Artifact BMC\n" + drawn + b"EMC\n" if self._furniture else drawn


def new_page(
    pdf: pikepdf.Pdf,
    width: float,
    height: float,
    content: bytes,
    resources: pikepdf.Dictionary,
) -> pikepdf.Page:
    """A page, not in the PDF's list yet. width, height: points."""
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, width, height],
        Resources=resources,
        Contents=pdf.make_stream(content),
    )
    return pikepdf.Page(pdf.make_indirect(page))


def draw_over(
    page: pikepdf.Page, content: bytes, fonts: dict[str, pikepdf.Object], pdf: pikepdf.Pdf
) -> None:
    """Put a drawing on a page that has content already."""
    page.contents_add(pdf.make_stream(b"q\n"), prepend=True)
    page.contents_add(pdf.make_stream(b"\nQ\n" + content))
    if "/Resources" not in page.obj:
        page.obj.Resources = pikepdf.Dictionary()
    if "/Font" not in page.obj.Resources:
        page.obj.Resources.Font = pikepdf.Dictionary()
    for name, font in fonts.items():
        page.obj.Resources.Font[f"/{name}"] = font
