"""Widths, breaks, space and shading in the way that rdocx understands them.

It makes a new page of a section that goes on on the same one, takes a table's width in percent for nothing, a column break in a single column as a new line,
leaves out the space above the first paragraph, and draws a highlight where it draws no shading.
"""

import copy

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.package import w

_HIGHLIGHTS = {
    "yellow": (255, 255, 0), "green": (0, 255, 0), "cyan": (0, 255, 255), "magenta": (255, 0, 255),
    "blue": (0, 0, 255), "red": (255, 0, 0), "darkBlue": (0, 0, 128), "darkCyan": (0, 128, 128),
    "darkGreen": (0, 128, 0), "darkMagenta": (128, 0, 128), "darkRed": (128, 0, 0),
    "darkYellow": (128, 128, 0), "darkGray": (128, 128, 128), "lightGray": (192, 192, 192),
    "black": (0, 0, 0),
}  # fmt: skip
_WHITE = 740  # sum of a colour's parts from which it is paper
_FIFTIETHS = 5000
_PAGE = 9070  # A4 between usual margins, in twips
_MARGIN = 216  # the usual left and right margins of a cell, together


def arrange(root: etree._Element) -> None:
    """Change a part in place."""
    join_sections(root)
    for table in root.iter(w("tbl")):
        _real_width(table, root)
    for section in root.iter(w("sectPr")):
        columns = section.find(w("cols"))
        if columns is not None and _number(columns, "num") > 1:
            break
    else:
        for element in root.iter(w("br")):
            if element.get(w("type")) == "column":
                element.set(w("type"), "page")
    for shade in list(root.iter(w("shd"))):
        if package.parent(shade).tag == w("rPr"):
            _highlight(shade)
    _first_space(root)


def join_sections(root: etree._Element) -> list[etree._Element]:
    """Take out the section breaks that change nothing on the page; those that are left although
    their text goes on on the same page."""
    left = []
    sections = list(root.iter(w("sectPr")))
    for before, behind in zip(sections, sections[1:], strict=False):
        kind = behind.find(w("type"))
        if kind is None or kind.get(w("val")) != "continuous":
            continue
        if _paper(before) != _paper(behind) or not _same_heads(before, behind):
            left.append(behind)
            continue
        start = before.find(w("type"))
        behind.remove(kind)
        if start is not None:
            behind.insert(len(_heads(behind)), copy.deepcopy(start))
        for at, head in enumerate(_heads(before)):
            if not any(_which(h) == _which(head) for h in _heads(behind)):
                behind.insert(at, copy.deepcopy(head))
        package.drop(before)
    return left


def _heads(section: etree._Element) -> list[etree._Element]:
    return section.findall(w("headerReference")) + section.findall(w("footerReference"))


def _which(head: etree._Element) -> tuple[str, str | None]:
    return str(head.tag), head.get(w("type"))


def _same_heads(before: etree._Element, behind: etree._Element) -> bool:
    """The later section has no header or footer of its own."""
    own = {(_which(h), h.get(f"{{{package.R}}}id")) for h in _heads(behind)}
    return own <= {(_which(h), h.get(f"{{{package.R}}}id")) for h in _heads(before)}


def _paper(section: etree._Element) -> dict[str, dict[str, str]]:
    """What a section says of its pages, beside where it begins and its headers."""
    found: dict[str, dict[str, str]] = {}
    for element in section:
        if element.tag in _BESIDE or not isinstance(element.tag, str):
            continue
        attributes = {str(k): str(v) for k, v in element.attrib.items()}
        if element.tag == w("cols") and _number(element, "num") < 2:
            continue
        found[element.tag] = attributes
    return found


_BESIDE = frozenset(
    w(n) for n in ("type", "headerReference", "footerReference", "docGrid", "formProt", "rsid")
)


def _number(element: etree._Element | None, name: str) -> int:
    """An attribute as a number; 0 for anything else."""
    value = element.get(w(name), "") if element is not None else ""
    return int(value) if value.isdigit() else 0


def _share(width: etree._Element | None) -> float:
    """A width in percent (of 1); 0 when it is none."""
    if width is None or width.get(w("type")) != "pct":
        return 0.0
    value = width.get(w("w"), "")
    if value.endswith("%"):
        number = value.removesuffix("%")
        return float(number) / 100 if number.replace(".", "", 1).isdigit() else 0.0
    return int(value) / _FIFTIETHS if value.isdigit() else 0.0


def _real_width(table: etree._Element, root: etree._Element) -> None:
    """A width in percent as twips, its columns in their proportions."""
    width = table.find(f"{w('tblPr')}/{w('tblW')}")
    share = _share(width)
    grid = table.findall(f"{w('tblGrid')}/{w('gridCol')}")
    if width is None or not share or not grid:
        return
    total = round(_available(table, root) * min(share, 1.0))
    given = [_number(column, "w") for column in grid]
    whole = sum(given) or len(given)
    sizes = [round(total * (g or (0 if sum(given) else 1)) / whole) for g in given]
    for column, size in zip(grid, sizes, strict=True):
        column.set(w("w"), str(size))
    width.set(w("type"), "dxa")
    width.set(w("w"), str(sum(sizes)))
    for row in table.iterchildren(w("tr")):
        at = 0
        for cell in row.iterchildren(w("tc")):
            span = _number(cell.find(f"{w('tcPr')}/{w('gridSpan')}"), "val") or 1
            own = cell.find(f"{w('tcPr')}/{w('tcW')}")
            if own is not None:
                own.set(w("type"), "dxa")
                own.set(w("w"), str(sum(sizes[at : at + span])))
            at += span


def _available(table: etree._Element, root: etree._Element) -> int:
    """Twips between the margins of the page, or of the cell that the table stands in."""
    cell = next(table.iterancestors(w("tc")), None)
    if cell is not None:
        own = cell.find(f"{w('tcPr')}/{w('tcW')}")
        if own is not None and own.get(w("type")) in (None, "dxa") and _number(own, "w"):
            return max(_number(own, "w") - _MARGIN, 0)
    section = next(
        (s for s in root.iter(w("sectPr")) if _behind(s, table)), next(root.iter(w("sectPr")), None)
    )
    size = section.find(w("pgSz")) if section is not None else None
    margins = section.find(w("pgMar")) if section is not None else None
    if not _number(size, "w"):
        return _PAGE
    return _number(size, "w") - _number(margins, "left") - _number(margins, "right")


def _behind(section: etree._Element, table: etree._Element) -> bool:
    """Whether a section ends after a table of the body: the one that it belongs to."""
    body = next(table.iterancestors(w("body")), None)
    if body is None:
        return False
    blocks = list(body)
    place = next((i for i, b in enumerate(blocks) if b is table or table in b.iter()), 0)
    end = next((i for i, b in enumerate(blocks) if b is section or section in b.iter()), 0)
    return end >= place


def _highlight(shade: etree._Element) -> None:
    """Shading of characters as the nearest colour that a marker has."""
    looks = package.parent(shade)
    fill = shade.get(w("fill"), "auto")
    pattern = shade.get(w("val"), "clear")
    looks.remove(shade)
    if looks.find(w("highlight")) is not None:
        return
    if len(fill) == 6 and all(c in "0123456789abcdefABCDEF" for c in fill):
        red, green, blue = (int(fill[i : i + 2], 16) for i in (0, 2, 4))
    else:
        red = green = blue = 255
    if red + green + blue > _WHITE:
        if not pattern.startswith("pct"):
            return
        red = green = blue = 192
    near = min(
        _HIGHLIGHTS,
        key=lambda n: sum(
            (a - b) ** 2 for a, b in zip(_HIGHLIGHTS[n], (red, green, blue), strict=True)
        ),
    )
    etree.SubElement(looks, w("highlight")).set(w("val"), near)


def _first_space(root: etree._Element) -> None:
    """Space above the first paragraph as an empty line of that height."""
    body = root.find(w("body"))
    first = body[0] if body is not None and len(body) else None
    if body is None or first is None or first.tag != w("p"):
        return
    spacing = first.find(f"{w('pPr')}/{w('spacing')}")
    before = _number(spacing, "before")
    if not before:
        return
    line = etree.Element(w("p"))
    height = etree.SubElement(etree.SubElement(line, w("pPr")), w("spacing"))
    height.set(w("line"), str(before))
    height.set(w("lineRule"), "exact")
    body.insert(0, line)
