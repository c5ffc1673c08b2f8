"""List labels, hyphens and hidden text, put into the text itself: rdocx sets them in other fonts,
leaves them out or prints what nobody should see."""

import copy

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.list_numbers import Label, Lists, symbol
from shikaku.letters.docx.package import w

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HYPHEN = "-"

MARKS = frozenset("•﹅○")
"""What rdocx draws above or below characters (圏点): it takes them from a font of its own choice
unless ours has them."""


def has_marks(xml: bytes) -> bool:
    """Some text of a part or style sheet may have 圏点."""
    return b"<w:em " in xml


def write_hyphens(root: etree._Element) -> None:
    """A non-breaking hyphen is a hyphen; one that shows only where a word is parted is none."""
    for element in list(root.iter(w("noBreakHyphen"))):
        text = etree.Element(w("t"))
        text.text = _HYPHEN
        package.parent(element).replace(element, text)
    for element in list(root.iter(w("softHyphen"))):
        package.drop(element)


def write_symbols(root: etree._Element) -> None:
    """Characters of symbol fonts as plain text."""
    for sym in list(root.iter(w("sym"))):
        text = etree.Element(w("t"))
        code = int(sym.get(w("char"), "0") or "0", 16)
        text.text = symbol(chr(code or 0xFFFD), sym.get(w("font"), ""))
        package.parent(sym).replace(sym, text)


def write_labels(root: etree._Element, lists: Lists) -> None:
    """Each list item begins with its label, indented as the list says."""
    for paragraph in list(root.iter(w("p"))):
        if next(paragraph.iterancestors(w("p")), None) is not None:
            continue  # in a text box, which is numbered on its own
        label = lists.label(paragraph)
        if label is not None:
            _write(paragraph, label)


def _write(paragraph: etree._Element, label: Label) -> None:
    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        paragraph.insert(0, properties)
    number = properties.find(w("numPr"))
    indent = label.level.find(f"{w('pPr')}/{w('ind')}")
    if properties.find(w("ind")) is None and indent is not None:
        at = next((i for i, c in enumerate(properties) if c.tag in _BEHIND_INDENT), len(properties))
        properties.insert(at, copy.deepcopy(indent))
    if number is not None:
        properties.remove(number)
    runs = [_run(paragraph, label)] if label.text else []
    if label.suffix != "nothing":
        runs.append(_run(paragraph, label, tab=label.suffix == "tab"))
    at = paragraph.index(properties) + 1
    paragraph[at:at] = runs


_BEHIND_INDENT = tuple(
    w(name)
    for name in (
        "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection",
        "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr",
        "pPrChange",
    )
)  # fmt: skip


def _run(paragraph: etree._Element, label: Label, tab: bool | None = None) -> etree._Element:
    """The label, or what stands behind it (tab: or a space), in the looks of the list's level."""
    run = etree.Element(w("r"))
    looks = etree.SubElement(run, w("rPr"))
    for source in (label.level.find(w("rPr")), paragraph.find(f"{w('pPr')}/{w('rPr')}")):
        for child in source if source is not None else ():
            if looks.find(str(child.tag)) is None:
                looks.append(copy.deepcopy(child))
    if tab:
        etree.SubElement(run, w("tab"))
        return run
    text = etree.SubElement(run, w("t"))
    text.text = label.text if tab is None else " "
    text.set(_SPACE, "preserve")
    return run
