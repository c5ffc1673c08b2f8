"""Letters that are made, put into one PDF for each paper size, ready for the printer.

Every letter stands there once, in the order given. A page says whose it is and which of how many;
for duplex each letter begins on a front side; postcards may stand two or four on a sheet of A4.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pikepdf

from shikaku.letters.fonts import subset
from shikaku.letters.pdf.binding import sealed
from shikaku.letters.pdf.drawing import POINTS, Drawing
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.joint_pdf import Bookmark, JointPdf, Overlay
from shikaku.letters.pdf.lettering import Lettering
from shikaku.letters.pdf.source_file import SourceFile
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
    """Paper (``a4``, ``postcard`` …) → its file, tagged where all its letters are. Raises UsageError
    for a PDF that can't be read, and for one that is not fit for the archive when ``how`` asks for
    that."""
    papers: dict[str, list[_Placed]] = {}
    with closing(_Sources(how.password)) as sources:
        for number, item in enumerate(items):
            source = sources.of(item)
            last = len(source.pages) if item.pages is None else item.first + item.pages
            if not item.first < last <= len(source.pages):
                raise _unreadable(item.file, "ページが足りません")
            if how.archive and not source.own_hand:
                raise _unfit(item.file)
            sizes = [source.size(at) for at in range(item.first, last)]
            papers.setdefault(paper(*sizes[0]), []).append(_Placed(number, item, sizes))
        return {
            name: _Paper(name, placed, sources, layout).file(title, how)
            for name, placed in papers.items()
        }


def paper(width: float, height: float) -> str:
    """The name of a page's paper, whichever way it lies: ``a4``, else ``120x235mm``. Millimetres.

    >>> paper(148, 100), paper(120, 235)
    ('postcard', '120x235mm')
    """
    short, long = sorted((width, height))
    for name, (least, most) in _PAPERS.items():
        if abs(short - least) <= _CLOSE and abs(long - most) <= _CLOSE:
            return name
    return f"{short:.0f}x{long:.0f}mm"


class _Sources:
    """The letters' PDFs; an employer's bound file is opened once for many of them."""

    def __init__(self, password: str | None) -> None:
        self._password = password or ""
        self._open: dict[Path, SourceFile] = {}

    def of(self, item: PrintItem) -> SourceFile:
        """The file of a letter. Raises UsageError."""
        return self._open.get(item.file) or self._opened(item.file)

    def _opened(self, path: Path) -> SourceFile:
        if len(self._open) >= _KEPT_OPEN:
            self._open.pop(next(iter(self._open))).close()
        try:
            self._open[path] = SourceFile(path.read_bytes(), self._password)
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
        for source in self._open.values():
            source.close()


@dataclass(frozen=True, slots=True)
class _Placed:
    """A letter of a paper. number: in the order given; sizes: of its pages, in millimetres."""

    number: int
    item: PrintItem
    sizes: Sequence[tuple[float, float]]

    @property
    def count(self) -> int:
        """Its pages."""
        return len(self.sizes)


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"通知書「{path.name}」を印刷用のPDFに入れられません({why})。",
        "そのファイルを開いているソフトを閉じるか、--again で作り直してください。",
    )


def _unfit(path: Path) -> UsageError:
    return UsageError(
        f"通知書「{path.name}」は組み込みのエンジンで作ったものではないため、PDF/Aの形にできません。",
        "--again で作り直すか、--pdf-a を付けずに実行してください。",
    )


class _Paper:
    """One paper's PDF on its way."""

    def __init__(
        self, name: str, placed: Sequence[_Placed], sources: _Sources, layout: PrintLayout
    ) -> None:
        self._name, self._placed, self._sources, self._layout = name, placed, sources, layout
        self._plain = io.BytesIO()
        self._book = JointPdf(self._plain)

    def file(self, title: str, how: Finish) -> PrintFile:
        """The file: fonts shared, marks and bookmarks on, on sheets where that is asked for."""
        on_sheets = self._name == POSTCARD and self._layout.per_sheet > 1
        ranges, starts = self._on_sheets() if on_sheets else self._one_by_one()
        self._book.end(title, how, self._bookmarks(starts))
        data = sealed(self._plain, how.password) if how.password else self._plain.getvalue()
        return PrintFile(data, ranges, self._book.count)

    def _one_by_one(self) -> tuple[list[tuple[int, int, int]], list[int]]:
        """Each letter's pages one after the other; their ranges, and the objects of first pages."""
        marks = {} if self._name == POSTCARD else self._marks()
        lettering = Lettering(marks.values(), subset.load())
        fonts = self._book.fonts(lettering.programs)
        ranges, starts, printed = [], [], 0
        size = (0.0, 0.0)
        for one in self._placed:
            if self._layout.duplex and self._book.count % 2:
                self._book.draw(size, b"")  # a page without anything
            overlays: list[Overlay | None] = []
            for width, height in one.sizes:
                size = width * POINTS, height * POINTS
                drawing = Drawing(height * POINTS, lettering)
                if printed in marks:
                    x, y = width - _MARK_RIGHT, height - _MARK_BOTTOM
                    drawing.text_to(x, y, marks[printed], _MARK_SIZE, grey=_MARK_GREY)
                overlays.append(Overlay(drawing.content, fonts) if marks else None)
                printed += 1
            first = self._book.count
            source = self._sources.of(one.item)
            pages = self._book.add(source, one.item.first, one.count, one.item.title, overlays)
            ranges.append((one.number, first + 1, first + len(pages)))
            starts.append(pages[0])
        return ranges, starts

    def _marks(self) -> dict[int, str]:
        """「株式会社みほん 2/13」 for the foot of each page, counted by bundle."""
        marks: dict[int, str] = {}
        for bundle, group in groupby(self._placed, key=lambda one: one.item.bundle):
            total = sum(one.count for one in group)
            start = len(marks)
            marks |= {start + at: f"{bundle}　{at + 1}/{total}" for at in range(total)}
        return marks

    def _bookmarks(self, starts: Sequence[int]) -> list[Bookmark]:
        """By bundle, and in it each letter."""
        pairs = zip(self._placed, starts, strict=True)
        found = []
        for bundle, group in groupby(pairs, key=lambda pair: pair[0].item.bundle):
            kids = tuple(Bookmark(one.item.title, page) for one, page in group)
            found.append(Bookmark(bundle, kids[0].page, kids))
        return found

    def _on_sheets(self) -> tuple[list[tuple[int, int, int]], list[int]]:
        """The cards on sheets of A4, fronts and backs in turn; the ranges on the sheets.

        Card by card down the pile, not across the sheet: cut in one go, the piles laid on each
        other have the order of the letters.
        """
        per_sheet = self._layout.per_sheet
        total = sum(-(-one.count // 2) for one in self._placed)  # a card has two sides
        sheets = -(-total // per_sheet)
        pages = [self._book.take() for _ in range(2 * sheets)]
        forms: dict[tuple[int, int], int] = {}  # card and side
        ranges, starts, card = [], [], 0
        for one in self._placed:
            sides = [(card + at // 2, at % 2) for at in range(one.count)]
            places = [2 * (number % sheets) + side for number, side in sides]
            drawn = self._book.add_forms(
                self._sources.of(one.item), one.item.first, one.count, one.item.title,
                [pages[place] for place in places],
            )  # fmt: skip
            forms |= dict(zip(sides, drawn, strict=True))
            first, last = min(places) // 2 * 2, max(places) // 2 * 2 + 1
            ranges.append((one.number, first + 1, last + 1))
            starts.append(pages[first])
            card = sides[-1][0] + 1
        for at, page in enumerate(pages):
            here = [forms.get((number, at % 2)) for number in range(at // 2, total, sheets)]
            self._sheet(here, page, front=at % 2 == 0)
        return ranges, starts

    def _sheet(self, sides: Sequence[int | None], page: int, *, front: bool) -> None:
        """One side of a sheet. The backs lie mirrored, so that each is behind its front when the
        sheet is turned over its long edge."""
        per_sheet = self._layout.per_sheet
        width, height = _PAPERS["a4"]
        columns, rows, left, top = _grid(per_sheet)
        card_width, card_height = _PAPERS[POSTCARD]
        content, names = b"", b""
        for place, side in enumerate(sides):
            if side is None:
                continue
            column, row = place % columns, place // columns
            x = left + (column if front else columns - 1 - column) * card_width
            y = height - top - (row + 1) * card_height
            names += b"/Card%d %d 0 R" % (place, side)
            content += b"q 1 0 0 1 %.3f %.3f cm /Card%d Do Q\n" % (x * POINTS, y * POINTS, place)
        if front:
            drawing = Drawing(height * POINTS, Lettering((), subset.load()))
            for x, y in _corners(columns, rows, left, top):
                drawing.line(x - _CUT, y, x + _CUT, y)
                drawing.line(x, y - _CUT, x, y + _CUT)
            content += drawing.content
        size = width * POINTS, height * POINTS
        self._book.draw(size, content, b"/XObject<<%s>>" % names, page)


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
