"""Where the text stands in its line, for the embedded engine's copy of a letter.

Word and LibreOffice put the extra height of an exact or "at least" line above the text (four
fifths of an exact line are above the baseline); rdocx puts it below, so text would stand up to
2 mm too high and touch the upper border of its row. It honours ``w:position``, though: each run
is lowered by the difference, and the pages agree to a tenth of a millimetre.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.package import w

_EXACT, _AT_LEAST, _GRID = "exact", "atLeast", "grid"


@dataclass(frozen=True, slots=True)
class _LineStyle:
    """What a style says itself; None where it says nothing. line in twips, size in half points."""

    based_on: str | None
    line: int | None
    rule: str | None
    size: int | None


@dataclass(slots=True)
class StyleHeights:
    """The line heights (twips) and sizes (half points) of a style sheet."""

    styles: dict[str, _LineStyle] = field(default_factory=dict)
    default: str | None = None
    line: int | None = None
    rule: str | None = None
    size: int = 20

    def resolve(self, style: str | None) -> tuple[int | None, str | None, int]:
        """Line, rule and size of a paragraph of that style."""
        line = rule = size = None
        seen = set()
        style = style if style in self.styles else self.default
        while style in self.styles and style not in seen:
            seen.add(style)
            one = self.styles[style]
            if line is None:
                line, rule = one.line, one.rule
            size = size if size is not None else one.size
            style = one.based_on
        if line is None:
            line, rule = self.line, self.rule
        return line, rule, self.size if size is None else size


@lru_cache(maxsize=64)
def sheet(styles: bytes) -> StyleHeights:
    """The style sheet of a document."""
    root = package.parse(styles)
    found = StyleHeights()
    defaults = root.find(w("docDefaults"))
    if defaults is not None:
        found.line, found.rule = _spacing(defaults.find(f".//{w('pPr')}"))
        found.size = _size(defaults.find(f".//{w('rPr')}")) or found.size
    for style in root.iter(w("style")):
        identifier = style.get(w("styleId"), "")
        base = style.find(w("basedOn"))
        line, rule = _spacing(style.find(w("pPr")))
        found.styles[identifier] = _LineStyle(
            None if base is None else base.get(w("val")), line, rule, _size(style.find(w("rPr")))
        )
        if style.get(w("type")) == "paragraph" and style.get(w("default")) in ("1", "true"):
            found.default = identifier
    return found


def _spacing(properties: etree._Element | None) -> tuple[int | None, str | None]:
    spacing = properties.find(w("spacing")) if properties is not None else None
    if spacing is None:
        return None, None
    line = spacing.get(w("line"), "")
    if not line.lstrip("-").isdigit():
        return None, None
    return int(line), spacing.get(w("lineRule"), "auto")


def _size(properties: etree._Element | None) -> int | None:
    size = properties.find(w("sz")) if properties is not None else None
    value = size.get(w("val"), "") if size is not None else ""
    return int(value) if value.isdigit() else None


def in_style(look: StyleHeights, style: str, pitch: int = 0) -> int:
    """How far the text of a style's paragraphs stands too high, in half points."""
    return _paragraph_shift(*look.resolve(style), pitch)


def lower(root: etree._Element, look: StyleHeights, pitch: int = 0) -> None:
    """Lower the runs of those paragraphs, in place, that aren't as their style says.

    The others get it from the style sheet (``in_style``). pitch: the document grid's, or 0.
    """
    for paragraph in root.iter(w("p")):
        properties = paragraph.find(w("pPr"))
        named = properties.find(w("pStyle")) if properties is not None else None
        style = named.get(w("val")) if named is not None else None
        line, rule, size = look.resolve(style)
        styled = look.default is not None or style in look.styles
        expected = _paragraph_shift(line, rule, size, pitch) if styled else 0
        own = _spacing(properties)
        if own[0] is not None:
            line, rule = own
        runs = [(run, run.find(w("rPr"))) for run in paragraph.iter(w("r")) if _is_text(run)]
        if not runs:
            continue
        size = max(_run_size(rpr, look, size) for _, rpr in runs)
        shift = _paragraph_shift(line, rule, size, pitch)
        for run, rpr in runs:
            _lower_run(run, rpr, shift, expected)


def _is_text(run: etree._Element) -> bool:
    return run.find(w("t")) is not None or run.find(w("fldChar")) is not None


def _lower_run(run: etree._Element, rpr: etree._Element | None, shift: int, expected: int) -> None:
    """Lower a run by ``shift``; one without a position of its own is at the style's already."""
    position = rpr.find(w("position")) if rpr is not None else None
    if position is None and shift == expected:
        return
    if rpr is None:
        rpr = etree.Element(w("rPr"))
        run.insert(0, rpr)
    if position is None:
        position = etree.SubElement(rpr, w("position"))
    position.set(w("val"), str(int(position.get(w("val"), "0")) - shift))


def _paragraph_shift(line: int | None, rule: str | None, size: int, pitch: int) -> int:
    if line is None and pitch:
        line, rule = pitch, _GRID
    if line is None or rule not in (_EXACT, _AT_LEAST, _GRID):
        return 0
    return _shift(line / 20, rule, size / 2)


def _run_size(rpr: etree._Element | None, look: StyleHeights, size: int) -> int:
    own = _size(rpr)
    if own is not None:
        return own
    named = rpr.find(w("rStyle")) if rpr is not None else None
    one = look.styles.get(named.get(w("val"), "")) if named is not None else None
    return one.size if one is not None and one.size is not None else size


def _shift(line: float, rule: str, size: float) -> int:
    """How far down in half points; line and size in points."""
    if rule == _EXACT:
        return round(2 * 0.8 * (line - size))
    extra = max(0.0, line - size)
    return round(2 * extra / 2) if rule == _GRID else round(2 * extra)
