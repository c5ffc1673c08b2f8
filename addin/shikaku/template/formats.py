"""How the workbook looks: one accent colour, one font, and a sign or a word beside every colour.

Blue and orange are told apart by every kind of colour vision; nothing here means something by
red against green.
"""

from functools import cache

from xlsxwriter import Workbook
from xlsxwriter.format import Format

FONT = "BIZ UDゴシック"
"""On every Windows 10 and Mac that Excel runs on. Where it is missing, family and character set
(fixed pitch, Shift_JIS) lead Excel and LibreOffice to another Japanese Gothic."""

ACCENT = "#1B4F72"  # the one colour of the product: headings, links, required columns
ACCENT_MIST = "#E8F0F5"
INK = "#1F2933"
MUTED = "#5F6B76"
LINE = "#D5DBE1"
PAPER = "#FFFFFF"
CALCULATED = "#F3F4F6"

STOP_INK, STOP_FILL = "#8A2B06", "#FBE4D5"  # overdue, wrong
SOON_INK, SOON_FILL = "#6B4E00", "#FFF1C9"  # soon, still to fill in
DONE_INK = "#1B4F72"

DATE = '[$-411]ggge"年"m"月"d"日"(yyyy)'
"""令和8年4月1日(2026). The longer code for 元年, ja-JP-x-gannen, is unknown to LibreOffice and would show a
bare number there; first years get their 元年 by a conditional format instead."""

FIRST_YEAR_DATE = '[$-411]ggg"元年"m"月"d"日"(yyyy)'

FORMAT_OF_TYPE = {
    "digits": "@",
    "individual_number": "@",
    "postal": "@",
    "date": DATE,
    "count": "0",
}

_HEADINGS: dict[str, dict[str, object]] = {
    "required": {"bg_color": ACCENT, "font_color": PAPER, "bold": True},
    "conditional": {
        **{"bg_color": "#BFD4E2", "font_color": ACCENT, "bold": False, "underline": 1},
    },
    "optional": {"bg_color": ACCENT_MIST, "font_color": ACCENT, "bold": False},
    "calculated": {"bg_color": "#E1E4E8", "font_color": INK, "italic": True},
    "written": {"bg_color": "#E1E4E8", "font_color": INK, "italic": True, "bold": True},
}

HEADINGS = frozenset(str(look["bg_color"]).upper() for look in _HEADINGS.values())
"""The fills of the form's headings, by which they are known again."""

_BASE = {
    "font_name": FONT,
    "font_family": 3,
    "font_charset": 128,
    "font_size": 10,
    "font_color": INK,
    "valign": "vcenter",
}


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook):
        self._book = book
        self._get = cache(lambda items: book.add_format(dict(items)))

    def __call__(self, **properties: object) -> Format:
        """A format: the base with these XlsxWriter properties on top."""
        return self._get(tuple(sorted((_BASE | properties).items())))

    def difference(self, **properties: object) -> Format:
        """A conditional format's difference: these properties alone."""
        return self._get(tuple(sorted(properties.items())))

    def input(self, type_: str) -> Format:
        """A cell that people fill in, by the schema's column type."""
        more: dict[str, object] = {}
        if type_ in FORMAT_OF_TYPE:
            more["num_format"] = FORMAT_OF_TYPE[type_]
        if type_ in ("date", "choice", "digits", "individual_number", "postal"):
            more["align"] = "left"
        if type_ == "count":
            more["align"] = "center"
        if type_ != "count":
            more["text_wrap"] = True
        return self(locked=False, bottom=4, bottom_color=LINE, **more)

    def output(self, *, centred: bool = False) -> Format:
        """A cell of a sheet that only we write."""
        place: dict[str, object] = {"align": "center"} if centred else {}
        edges: dict[str, object] = {f"{side}_color": LINE for side in ("left", "bottom")}
        return self(locked=False, text_wrap=True, left=4, bottom=4, valign="top", **edges, **place)

    def calculated(self, **properties: object) -> Format:
        """A cell that a formula fills."""
        return self(locked=True, bg_color=CALCULATED, bottom=4, bottom_color=LINE, **properties)

    def heading(self, kind: str) -> Format:
        """A column's heading. kind: required (必須), conditional (場合により必須), optional (あれば),
        calculated (自動), written (自動, in every row); told apart by the letters too, not by their
        colour alone."""
        edge: dict[str, object] = {"border": 1, "border_color": LINE}
        return self(text_wrap=True, align="center", locked=True, **(edge | _HEADINGS[kind]))
