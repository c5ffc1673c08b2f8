"""Paragraphs, tables and sections of a Word document as XML text.

Only what all three PDF engines draw alike: fixed tables with real widths, exact line pitch,
single, dotted and dashed borders. Lengths are millimetres, font sizes and pitches points.
Text may hold template syntax; ``**…**`` is bold, ``__…__`` the accent colour.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

ACCENT = "1F5A6B"  # of rules and headings; dark enough to survive a black-and-white copy
TINT = "E6EFF1"  # behind headings of tables
PALE = "F5F8F9"  # behind boxes
LINE = "8FA3AA"  # thin rules inside tables

_INLINE = re.compile(r"(\*\*.+?\*\*|__.+?__)")
_CHARACTER_STYLES = {"**": "Strong", "__": "AccentText"}


def dxa(mm: float) -> int:
    """Millimetres as twentieths of a point."""
    return round(mm * 1440 / 25.4)


def run(text: str, style: str = "") -> str:
    """One run in a character style."""
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def fit(name: str, long_style: str = "LongText") -> str:
    """A field that is set in smaller type when the context says that it is long.

    Two runs, of which one is printed: Word users see both and can restyle each.
    """
    return run(f"{{% if not {name}_long %}}{{{{ {name} }}}}{{% endif %}}") + run(
        f"{{% if {name}_long %}}{{{{ {name} }}}}{{% endif %}}", long_style
    )


def runs(text: str) -> str:
    """Text with ``**bold**`` and ``__accent__`` as runs; text that is XML already stays."""
    if text.startswith("<w:r>"):
        return text
    parts = (part for part in _INLINE.split(text) if part)
    return "".join(
        run(part[2:-2], _CHARACTER_STYLES[part[:2]]) if _INLINE.fullmatch(part) else run(part)
        for part in parts
    )


def p(*content: str, style: str = "") -> str:
    """A paragraph of text or runs in a paragraph style."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs(c) for c in content if c)}</w:p>"


def gap(points: float = 6) -> str:
    """White space of an exact height; space before a paragraph is lost at the top of a section."""
    size = max(2, min(21, round(points)))
    return (
        f'<w:p><w:pPr><w:spacing w:line="{round(points * 20)}" w:lineRule="exact"/>'
        f'<w:rPr><w:sz w:val="{size}"/></w:rPr></w:pPr></w:p>'
    )


def when(condition: str, *content: str) -> str:
    """Paragraphs that are printed only when the condition holds."""
    return p(f"{{%p if {condition} %}}") + "".join(content) + p("{%p endif %}")


def either(condition: str, yes: Iterable[str], no: Iterable[str]) -> str:
    """The first paragraphs when the condition holds, the others when not."""
    return (
        p(f"{{%p if {condition} %}}")
        + "".join(yes)
        + p("{%p else %}")
        + "".join(no)
        + p("{%p endif %}")
    )


def fitted(name: str, style: str, long_style: str) -> str:
    """A paragraph with a field; in a smaller style of a narrower pitch when it is long, so that
    two lines have room where one had."""
    field_text = f"{{{{ {name} }}}}"
    return either(f"{name}_long", [p(field_text, style=long_style)], [p(field_text, style=style)])


def barcode(name: str) -> str:
    """A line whose text becomes a QR code in the finished letter (``docx.barcode``)."""
    return p(run(f"{{{{ {name} }}}}", "Barcode"), style="BarcodeLine")


def next_page() -> str:
    """An invisible line that begins the next page."""
    return p(style="PageStart")


def border(kind: str = "single", points: float = 0.5, color: str = LINE) -> dict[str, str]:
    """The attributes of one side."""
    return {
        "w:val": kind,
        "w:sz": str(round(points * 8)),
        "w:space": "0",
        "w:color": color,
    }


NO_LINE = {"w:val": "nil"}


def box(side: dict[str, str]) -> dict[str, dict[str, str]]:
    """The same line on all four sides."""
    return dict.fromkeys(("top", "left", "bottom", "right"), side)


def _borders(tag: str, sides: dict[str, dict[str, str]]) -> str:
    if not sides:
        return ""
    order = ("top", "left", "bottom", "right", "insideH", "insideV")
    drawn = "".join(
        f"<w:{name} {' '.join(f'{k}={quoteattr(v)}' for k, v in sides[name].items())}/>"
        for name in order
        if name in sides
    )
    return f"<w:{tag}>{drawn}</w:{tag}>"


@dataclass(frozen=True)
class TableCell:
    """One cell: paragraphs or tables; text alone is set in the cell style given."""

    content: str | Sequence[str] = ""
    style: str = "Cell"
    span: int = 1
    fill: str = ""
    valign: str = "center"
    borders: dict = field(default_factory=dict)
    merge: str = ""  # restart | continue
    margins: tuple[float, float, float, float] | None = None  # top, left, bottom, right

    def xml(self, width: int) -> str:
        """The cell at its width in twentieths of a point."""
        items = [self.content] if isinstance(self.content, str) else list(self.content)
        body = "".join(
            item if item.startswith(("<w:p>", "<w:tbl>")) else p(item, style=self.style)
            for item in items
        )
        if body.endswith("</w:tbl>"):  # Word wants a paragraph after a nested table
            body += gap(1)
        merge = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}
        margins = ""
        if self.margins is not None:
            sides = zip(("top", "left", "bottom", "right"), self.margins, strict=True)
            margins = "".join(f'<w:{s} w:w="{dxa(v)}" w:type="dxa"/>' for s, v in sides)
            margins = f"<w:tcMar>{margins}</w:tcMar>"
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
            + (f'<w:gridSpan w:val="{self.span}"/>' if self.span > 1 else "")
            + merge[self.merge]
            + _borders("tcBorders", self.borders)
            + (f'<w:shd w:val="clear" w:color="auto" w:fill="{self.fill}"/>' if self.fill else "")
            + margins
            + f'<w:vAlign w:val="{self.valign}"/></w:tcPr>{body}</w:tc>'
        )


@dataclass(frozen=True)
class TableRow:
    """One row. height: millimetres; exact: text that does not fit is cut, nothing moves."""

    cells: Sequence[TableCell | str]
    height: float | None = None
    exact: bool = False
    header: bool = False


def table(
    widths: Sequence[float],
    rows: Sequence[TableRow],
    *,
    borders: dict | None = None,
    margins: tuple[float, float, float, float] = (0.6, 1.6, 0.6, 1.6),
    indent: float = 0,
) -> str:
    """A table with fixed columns. widths: millimetres; borders: of the whole table."""
    grid = [dxa(w) for w in widths]
    sides = zip(("top", "left", "bottom", "right"), margins, strict=True)
    margin_xml = "".join(f'<w:{s} w:w="{dxa(v)}" w:type="dxa"/>' for s, v in sides)
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in grid)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableNormal"/>'
        f'<w:tblW w:w="{sum(grid)}" w:type="dxa"/>'
        f'<w:tblInd w:w="{dxa(indent)}" w:type="dxa"/>'
        + _borders("tblBorders", borders or {})
        + '<w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margin_xml}</w:tblCellMar></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>" + "".join(_row(row, grid) for row in rows) + "</w:tbl>"
    )


def _row(row: TableRow, grid: Sequence[int]) -> str:
    cells, at = [], 0
    for item in row.cells:
        cell = item if isinstance(item, TableCell) else TableCell(item)
        cells.append(cell.xml(sum(grid[at : at + cell.span])))
        at += cell.span
    if at != len(grid):
        raise ValueError(f"a row fills {at} of {len(grid)} columns")
    height = ""
    if row.height is not None:
        rule = "exact" if row.exact else "atLeast"
        height = f'<w:trHeight w:val="{dxa(row.height)}" w:hRule="{rule}"/>'
    header = "<w:tblHeader/>" if row.header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{header}</w:trPr>{''.join(cells)}</w:tr>"


def repeat(expression: str, row: TableRow, columns: int) -> list[TableRow]:
    """A row for each entry of a list: ``repeat("p in people", …)``."""
    return _tagged(f"for {expression}", "endfor", [row], columns)


def rows_when(condition: str, rows: Sequence[TableRow], columns: int) -> list[TableRow]:
    """Rows that are printed only when the condition holds."""
    return _tagged(f"if {condition}", "endif", rows, columns)


def _tagged(begin: str, end: str, rows: Sequence[TableRow], columns: int) -> list[TableRow]:
    return [
        TableRow([TableCell(f"{{%tr {begin} %}}", span=columns)]),
        *rows,
        TableRow([TableCell(f"{{%tr {end} %}}", span=columns)]),
    ]


@dataclass(frozen=True)
class Page:
    """Paper and margins in millimetres. footer: what stands at the foot, {page} and {pages} in it."""

    width: float = 210
    height: float = 297
    top: float = 12
    right: float = 21
    bottom: float = 14
    left: float = 23
    footer: str = ""

    @property
    def text_width(self) -> float:
        """Millimetres between the margins."""
        return self.width - self.left - self.right

    def xml(self) -> str:
        """The section's properties. The page count starts anew: letters are bundled."""
        reference = '<w:footerReference w:type="default" r:id="rId4"/>' if self.footer else ""
        return (
            f'<w:sectPr>{reference}<w:pgSz w:w="{dxa(self.width)}" w:h="{dxa(self.height)}"/>'
            f'<w:pgMar w:top="{dxa(self.top)}" w:right="{dxa(self.right)}"'
            f' w:bottom="{dxa(self.bottom)}" w:left="{dxa(self.left)}"'
            f' w:header="0" w:footer="{dxa(7)}" w:gutter="0"/><w:pgNumType w:start="1"/></w:sectPr>'
        )


A4 = Page()
A4_LIST = Page(bottom=15, footer="{page}")
POSTCARD = Page(width=100, height=148, top=4.5, right=5, bottom=3, left=5)
