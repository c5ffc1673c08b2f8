"""Letters that are made, put into one PDF for each paper size, ready for the printer.

Every letter stands there once, in the order given. A page says whose it is and which of how many;
for duplex each letter begins on a front side; postcards may stand two or four on a sheet of A4.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pikepdf

from shikaku.letters.fonts import subset
from shikaku.letters.fonts.lettering import Lettering
from shikaku.letters.fonts.sharing import share_fonts
from shikaku.letters.pdf.drawing import POINTS, Drawing, draw_over, new_page
from shikaku.letters.pdf.finish import Finish, finish, name_subsets
from shikaku.system.errors import UsageError, cause

POSTCARD = "postcard"
_PAPERS = {
    "a4": (210, 297),
    POSTCARD: (100, 148),
    "a5": (148, 210),
    "b5": (182, 257),
    "a3": (297, 420),
}
_CLOSE = 2.0  # millimetres that a paper may differ from its size
_KEPT_OPEN = 8
_MARK_SIZE, _MARK_GREY = 7.0, 0.35
_MARK_RIGHT, _MARK_BOTTOM = 10.0, 5.5  # millimetres from the edges; printers reach to 5
_CUT = 2.0


@dataclass(frozen=True, slots=True)
class PrintItem:
    """One letter. file: the PDF; first: its page there, from 0; pages: how many, None for all.
    bundle: whose pile it belongs to, for marks and bookmarks."""

    file: Path
    bundle: str
    title: str
    first: int = 0
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class PrintLayout:
    """duplex: each letter begins on a front side. per_sheet: postcards on a sheet of A4 (1: each on
    a page of its own size)."""

    duplex: bool = False
    per_sheet: int = 1


@dataclass
class PrintFile:
    """One paper's PDF. items: numbers of the letters in the order given, with their first and last
    page, from 1."""

    data: bytes = b""
    items: list[tuple[int, int, int]] = field(default_factory=list)
    pages: int = 0


def print_files(
    items: Sequence[PrintItem], title: str, how: Finish, layout: PrintLayout
) -> dict[str, PrintFile]:
    """Paper (``a4``, ``postcard`` …) → its file. Raises UsageError for a PDF that can't be read."""
    papers: dict[str, _Paper] = {}
    with ExitStack() as stack:
        sources = _Sources(how.password)
        stack.callback(sources.close)
        for number, item in enumerate(items):
            pages = sources.pages(item)
            name = paper(pages[0])
            if name not in papers:
                papers[name] = _Paper(name, stack.enter_context(pikepdf.Pdf.new()))
            papers[name].add(number, item, pages, layout)
        return {name: one.finished(title, how, layout) for name, one in papers.items()}


def paper(page: pikepdf.Page) -> str:
    """The name of a page's paper, whichever way it lies: ``a4``, else ``120x235mm``."""
    left, low, right, high = (float(edge) for edge in page.mediabox)
    short, long = sorted(((right - left) / POINTS, (high - low) / POINTS))
    for name, (width, height) in _PAPERS.items():
        if abs(short - width) <= _CLOSE and abs(long - height) <= _CLOSE:
            return name
    return f"{short:.0f}x{long:.0f}mm"


class _Sources:
    """The letters' PDFs; an employer's bound file is opened once for many of them."""

    def __init__(self, password: str | None) -> None:
        self._password = password or ""
        self._open: dict[Path, pikepdf.Pdf] = {}

    def pages(self, item: PrintItem) -> list[pikepdf.Page]:
        """The item's pages, on their own: no tags, which need the whole document."""
        pdf = self._open.get(item.file) or self._opened(item.file)
        last = len(pdf.pages) if item.pages is None else item.first + item.pages
        found = list(pdf.pages[item.first : last])
        if not found:
            raise _unreadable(item.file, "ページが足りません")
        for page in found:
            if "/StructParents" in page.obj:
                del page.obj["/StructParents"]
        return found

    def _opened(self, path: Path) -> pikepdf.Pdf:
        if len(self._open) >= _KEPT_OPEN:
            self._open.pop(next(iter(self._open))).close()
        try:
            data = path.read_bytes()
            self._open[path] = pikepdf.open(io.BytesIO(data), password=self._password)
        except OSError as error:
            raise _unreadable(path, cause(error)) from None
        except pikepdf.PasswordError:
            raise UsageError(
                f"「{path.name}」にはパスワードが掛かっています。",
                "作ったときのパスワードを --password-file で指定してください。",
            ) from None
        except pikepdf.PdfError:
            raise _unreadable(path, "PDFとして読めません") from None
        return self._open[path]

    def close(self) -> None:
        for pdf in self._open.values():
            pdf.close()


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"通知書「{path.name}」を印刷用のPDFに入れられません({why})。",
        "そのファイルを開いているソフトを閉じるか、--again で作り直してください。",
    )


class _Paper:
    """One paper's PDF on its way."""

    def __init__(self, name: str, pdf: pikepdf.Pdf) -> None:
        self._name, self._pdf = name, pdf
        self._items: list[tuple[int, PrintItem, int, int]] = []

    def add(
        self, number: int, item: PrintItem, pages: list[pikepdf.Page], layout: PrintLayout
    ) -> None:
        count = len(self._pdf.pages)
        folded = self._on_sheets(layout)
        if layout.duplex and count % 2 and not folded:
            self._blank()
        first = len(self._pdf.pages)
        self._pdf.pages.extend(pages)
        if folded and len(pages) % 2:  # a card has two sides
            self._blank()
        self._items.append((number, item, first, first + len(pages)))

    def _on_sheets(self, layout: PrintLayout) -> bool:
        return self._name == POSTCARD and layout.per_sheet > 1

    def _blank(self) -> None:
        """A page without anything, of the size of the one before."""
        box = [float(edge) for edge in self._pdf.pages[-1].mediabox]
        page = new_page(self._pdf, box[2] - box[0], box[3] - box[1], b"", pikepdf.Dictionary())
        self._pdf.pages.append(page)

    def finished(self, title: str, how: Finish, layout: PrintLayout) -> PrintFile:
        """The file: fonts shared, marks and bookmarks on, on sheets where that is asked for."""
        if share_fonts(self._pdf):
            name_subsets(self._pdf)
        ranges = [(number, first + 1, last) for number, _, first, last in self._items]
        if self._on_sheets(layout):
            ranges = self._imposed(layout.per_sheet)
        elif self._name != POSTCARD:
            self._mark()
        self._bookmarks({number: first - 1 for number, first, _ in ranges})
        count = len(self._pdf.pages)
        return PrintFile(finish(self._pdf, title, how), ranges, count)

    def _mark(self) -> None:
        """「株式会社みほん 2/13」 at the foot of each page, counted by bundle."""
        marks: dict[int, str] = {}
        for bundle, group in groupby(self._items, key=lambda one: one[1].bundle):
            numbers = [page for _, _, first, last in group for page in range(first, last)]
            for place, page in enumerate(numbers, 1):
                marks[page] = f"{bundle}　{place}/{len(numbers)}"
        lettering = Lettering(marks.values(), subset.load())
        drawings = {}
        for number, text in marks.items():
            left, low, right, high = (float(edge) for edge in self._pdf.pages[number].mediabox)
            drawing = Drawing(high - low, lettering)
            drawing.text_to(
                (right - left) / POINTS - _MARK_RIGHT,
                (high - low) / POINTS - _MARK_BOTTOM,
                text,
                _MARK_SIZE,
                grey=_MARK_GREY,
            )
            drawings[number] = drawing.content
        fonts = lettering.embed(self._pdf)
        for number, content in drawings.items():
            draw_over(self._pdf.pages[number], content, fonts, self._pdf)

    def _bookmarks(self, starts: dict[int, int]) -> None:
        """By bundle, and in it each letter."""
        self._pdf.Root.PageMode = pikepdf.Name.UseOutlines
        with self._pdf.open_outline() as outline:
            for bundle, group in groupby(self._items, key=lambda one: one[1].bundle):
                letters = [(starts[number], item.title) for number, item, _, _ in group]
                top = pikepdf.OutlineItem(bundle, letters[0][0])
                top.is_closed = True
                top.children = [pikepdf.OutlineItem(title, page) for page, title in letters]
                outline.root.append(top)

    def _imposed(self, per_sheet: int) -> list[tuple[int, int, int]]:
        """Put the cards on sheets of A4, fronts and backs in turn; the ranges on the sheets.

        Card by card down the pile, not across the sheet: cut in one go, the piles laid on each
        other have the order of the letters.
        """
        sides = list(self._pdf.pages)
        cards = [sides[at : at + 2] for at in range(0, len(sides), 2)]
        sheets = -(-len(cards) // per_sheet)
        forms = [[side.as_form_xobject() for side in card] for card in cards]
        del self._pdf.pages[:]
        for sheet in range(sheets):
            here = [forms[at] for at in range(sheet, len(cards), sheets)]
            self._pdf.pages.append(self._sheet([card[0] for card in here], per_sheet, front=True))
            self._pdf.pages.append(self._sheet([card[1] for card in here], per_sheet, front=False))
        ranges = []
        for number, _, first, last in self._items:
            places = [(card % sheets) * 2 for card in range(first // 2, -(-last // 2))]
            ranges.append((number, min(places) + 1, max(places) + 2))
        return ranges

    def _sheet(
        self, sides: Sequence[pikepdf.Object], per_sheet: int, *, front: bool
    ) -> pikepdf.Page:
        """One side of a sheet. The backs lie mirrored, so that each is behind its front when the
        sheet is turned over its long edge."""
        width, height = _PAPERS["a4"]
        columns, rows, left, top = _grid(per_sheet)
        card_width, card_height = _PAPERS[POSTCARD]
        drawing = Drawing(height * POINTS, Lettering((), subset.load()))
        content = b""
        names = pikepdf.Dictionary()
        for place, side in enumerate(sides):
            column, row = place % columns, place // columns
            x = left + (column if front else columns - 1 - column) * card_width
            y = height - top - (row + 1) * card_height
            names[f"/Card{place}"] = side
            content += b"q 1 0 0 1 %.3f %.3f cm /Card%d Do Q\n" % (x * POINTS, y * POINTS, place)
        if front:
            for x, y in _corners(columns, rows, left, top):
                drawing.line(x - _CUT, y, x + _CUT, y)
                drawing.line(x, y - _CUT, x, y + _CUT)
            content += drawing.content
        return new_page(
            self._pdf,
            width * POINTS,
            height * POINTS,
            content,
            pikepdf.Dictionary(XObject=names),
        )


def _grid(per_sheet: int) -> tuple[int, int, float, float]:
    """Columns, rows, and where the first card begins (millimetres)."""
    columns, rows = 2, per_sheet // 2
    width, height = _PAPERS["a4"]
    card_width, card_height = _PAPERS[POSTCARD]
    return columns, rows, (width - columns * card_width) / 2, (height - rows * card_height) / 2


def _corners(columns: int, rows: int, left: float, top: float) -> Iterator[tuple[float, float]]:
    """Where cuts cross: a small cross stands there, half of it on the waste."""
    card_width, card_height = _PAPERS[POSTCARD]
    for row in range(rows + 1):
        for column in range(columns + 1):
            yield left + column * card_width, top + row * card_height
