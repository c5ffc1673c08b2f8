"""Paper: A4 landscape with header and footer, and the scale and page breaks that fit each sheet."""

from xlsxwriter.worksheet import Worksheet

from shikaku.template.formats import FONT

A4 = 9
_MARGIN_INCH = 0.4
_PAPER_PIXELS = int((11.69 - 2 * _MARGIN_INCH) * 96) - 12  # a little air for other printers
_SMALLEST_SCALE = 60


def setup(ws: Worksheet, title: str, *, landscape: bool = True, secret: bool = False) -> None:
    """Paper, margins, header (none without a title) and footer. secret: the sheet has individual
    numbers."""
    ws.set_paper(A4)
    if landscape:
        ws.set_landscape()
    ws.set_margins(left=_MARGIN_INCH, right=_MARGIN_INCH, top=0.75, bottom=0.6)
    warning = "【取扱注意】個人番号を含みます" if secret else ""
    if title:
        head = f'&L&"{FONT},Bold"&12{title}&R&"{FONT},Regular"&9{warning}'
        ws.set_header(head, {"margin": 0.35})
    ws.set_footer(
        f'&L&"{FONT},Regular"&8&F&C&"{FONT},Regular"&8&P / &N ページ&R&"{FONT},Regular"&8印刷日 &D',
        {"margin": 0.3},
    )


def one_wide(ws: Worksheet) -> None:
    """Everything on one page's width, as many pages as it takes."""
    ws.fit_to_pages(1, 0)


def small(ws: Worksheet) -> None:
    """A narrow list: as small as stays readable, so that it takes few pages."""
    ws.set_print_scale(_SMALLEST_SCALE)


def side_by_side(ws: Worksheet, widths: list[float], repeated: int) -> int:
    """Wide tables: as few pages side by side as stay readable, the names on each of them.

    widths: column widths in characters; repeated: how many columns at the left come again on
    every page. Excel's own "fit to width" ignores page breaks, so scale and breaks are set here.
    Returns the scale in percent.
    """
    pixels = [width * 7 + 5 for width in widths]
    repeat = sum(pixels[:repeated])
    for pages in range(1, len(pixels)):
        breaks, widest = _split(pixels, repeated, pages)
        scale = min(100, int(100 * _PAPER_PIXELS / widest))
        if scale >= _SMALLEST_SCALE or repeat > widest * 0.7:
            break
    ws.set_print_scale(scale)
    if breaks:
        ws.set_v_pagebreaks(breaks)
    if repeated:
        ws.repeat_columns(0, repeated - 1)
    return scale


def _split(pixels: list[float], repeated: int, pages: int) -> tuple[list[int], float]:
    """Columns before which to break, and the widest page: the narrowest widest page there is."""
    repeat = sum(pixels[:repeated])

    def fill(limit: float) -> tuple[list[int], float]:
        breaks, used, widest = [], 0.0, 0.0
        for column, width in enumerate(pixels):
            if used + width > limit and column > repeated:
                breaks.append(column)
                used = repeat
            used += width
            widest = max(widest, used)
        return breaks, widest

    limit = (sum(pixels) + (pages - 1) * repeat) / pages
    while len((found := fill(limit))[0]) >= pages:
        limit *= 1.01
    return found
