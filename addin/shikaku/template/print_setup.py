"""Paper: A4 landscape with header and footer, and the scale that fits each sheet."""

from xlsxwriter.worksheet import Worksheet

from shikaku.template.formats import FONT

A4 = 9
_MARGIN_INCH = 0.25
_SMALLEST_SCALE = 60


def setup(ws: Worksheet, title: str, *, secret: bool = False) -> None:
    """Paper, margins, header (none without a title) and footer. secret: the sheet has individual
    numbers."""
    ws.set_paper(A4)
    ws.set_landscape()
    ws.set_margins(left=_MARGIN_INCH, right=_MARGIN_INCH, top=0.75, bottom=0.6)
    warning = "【取扱注意】個人番号を含みます" if secret else ""
    if title:
        head = f'&L&"{FONT},Bold"&12{title}&R&"{FONT},Regular"&9{warning}'
        ws.set_header(head, {"margin": 0.35, "scale_with_doc": False})
    ws.set_footer(
        f'&L&"{FONT},Regular"&8&F&C&"{FONT},Regular"&8&P / &N ページ&R&"{FONT},Regular"&8印刷日 &D',
        {
            "margin": 0.3,
            "scale_with_doc": False,
        },  # a wide sheet is printed small, its warning is not
    )


def one_wide(ws: Worksheet) -> None:
    """Everything on one page's width, as many pages as it takes."""
    ws.fit_to_pages(1, 0)


def small(ws: Worksheet) -> None:
    """A narrow list: as small as stays readable, so that it takes few pages."""
    ws.set_print_scale(_SMALLEST_SCALE)
