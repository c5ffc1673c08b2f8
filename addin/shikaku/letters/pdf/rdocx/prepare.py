"""A Word file made ready for the embedded PDF engine. Only the PDF's copy; the letter stays.

rdocx chooses fonts a run at a time, loses some of what Word writes, and its time grows with each
element and name space. So the copy has one Japanese font everywhere, no document grid, no
wrappers that swallow their text, and nothing that isn't printed.

``slim`` does what doesn't depend on the text, so it serves templates too: a template is made slim
once, and filled in as often as there are letters. ``set_glyphs`` does the rest.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.hidden_text import Hidden
from shikaku.letters.docx.list_numbers import Lists
from shikaku.letters.docx.package import W, w
from shikaku.letters.fonts.coverage import SetText, clusters, set_text
from shikaku.letters.fonts.subset import FAMILY, FontSet
from shikaku.letters.pdf.base import Prepared
from shikaku.letters.pdf.rdocx import layout, line_position, page_numbers, plain_text
from shikaku.letters.pdf.rdocx.pictures import drawable, is_picture
from shikaku.letters.pdf.rdocx.shapes import ParagraphStyles
from shikaku.system.errors import PdfError

_DROP = frozenset(
    w(n)
    for n in (
        "proofErr", "bookmarkStart", "bookmarkEnd", "lastRenderedPageBreak", "docGrid", "rFonts",
        "lang", "snapToGrid", "noProof", "permStart", "permEnd", "commentRangeStart",
        "commentRangeEnd", "commentReference", "latentStyles", "rsids", "szCs", "bCs", "iCs",
        "overflowPunct", "autoSpaceDE", "autoSpaceDN", "qFormat", "uiPriority", "semiHidden",
        "unhideWhenUsed", "tblLook", "kern", "rtl", "cs", "numPr",
    )
)  # fmt: skip
_UNWRAP = frozenset((w("smartTag"), w("customXml")))
_UNWRAP_PROPERTIES = frozenset((w("smartTagPr"), w("customXmlPr")))
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PRINTED = frozenset(
    _OFFICE + n
    for n in (
        "officeDocument", "styles", "settings", "header", "footer", "image", "footnotes", "endnotes",
    )
)  # fmt: skip
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
#: The content types of the parts whose text is printed.
LIVE = ("document.main", "header", "footer", "footnotes", "endnotes")
#: Always in the fonts: page numbers and the like come from fields.
ASCII = frozenset(map(chr, range(0x20, 0x7F)))
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_OTHER_IDS = re.compile(r"\{http://schemas\.microsoft\.com/[^}]*\}(paraId|textId)$")


def prepare(docx: bytes, fonts: FontSet) -> Prepared:
    """The copy of a finished letter that rdocx prints rightly.

    Raises TemplateError or PdfError when the file can't be read. Missing characters are listed,
    not raised: the caller knows the person's name.
    """
    parts = slim(package.read(docx, "通知書"))
    result = Prepared(bold=has_bold(parts))
    for part in package.of_type(parts, *LIVE):
        parts[part] = set_glyphs(parts[part], fonts, result)
    result.characters |= ASCII | marks(parts)
    result.missing = list(dict.fromkeys(result.missing))
    result.plain_form = list(dict.fromkeys(result.plain_form))
    result.docx = package.pack(parts, level=1)
    return result


def slim(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts that are printed, without what rdocx doesn't need or prints wrongly.

    Raises PdfError for a document without style sheet.
    """
    types = package.content_types(parts)
    styles = next((p for p, t in types.items() if t.endswith(".styles+xml")), None)
    if styles is None:
        raise PdfError(
            "スタイルの部品がないWord文書はPDFにできません。",
            "Wordで開き、「.docx」として保存し直してください。",
        )
    out = _kept(parts)
    hidden, lists = Hidden(parts), Lists(parts)
    look = line_position.sheet(parts[styles])
    pitch = 0
    used: set[str] = set()
    for part in package.of_type(out, *LIVE):
        root = package.parse(parts[part])
        grid = root.find(f".//{w('docGrid')}")
        if grid is not None and grid.get(w("type"), "default") != "default":
            pitch = pitch or int(grid.get(w("linePitch"), "0") or 0)
        hidden.take_out(root)
        plain_text.write_labels(root, lists)
        used |= _slim_part(root, look, pitch)
        if page_numbers.there(parts[part]):
            page_numbers.mark(root, ParagraphStyles(parts[styles]))
        out[part] = _xml(root)
    out[styles] = _styles(parts[styles], frozenset(used), pitch)
    for part in package.of_type(out, "settings"):
        out[part] = _plain(parts[part])
    for part, kind in package.content_types(out).items():
        if is_picture(part, kind):
            out[part] = drawable(out[part]) or out[part]
    return out


def marks(parts: Mapping[str, bytes]) -> frozenset[str]:
    """The characters that the engine itself adds to those of the text."""
    live = package.of_type(parts, "styles", *LIVE)
    return plain_text.MARKS if any(plain_text.has_marks(parts[p]) for p in live) else frozenset()


def has_bold(parts: Mapping[str, bytes]) -> bool:
    """Something in a slim document may be bold."""
    live = package.of_type(parts, "styles", *LIVE)
    return any(re.search(rb"<w:b(/| )", parts[part]) for part in live)


def set_glyphs(xml: bytes, fonts: FontSet, result: Prepared) -> bytes:
    """A slim part with characters of fallback fonts in their own runs; noted in ``result``."""
    root = package.parse(xml)
    changed = False
    for element in list(root.iter(w("t"))):
        text = element.text or ""
        setting = set_text(text, fonts)
        result.missing += setting.missing
        result.plain_form += setting.plain_form
        for piece in setting.pieces:
            result.characters.update(clusters(piece.text))
            result.characters.update(piece.text)
            if piece.face:
                result.families.add(piece.face.family)
        if len(setting.pieces) == 1 and setting.pieces[0].face is None:
            if setting.pieces[0].text != text:
                element.text = setting.pieces[0].text
                changed = True
        else:
            _split_run(element, setting)
            changed = True
    return _xml(root) if changed else xml


def _kept(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts that are printed, their relationships and content types, and nothing else."""
    skeleton = tuple((n, d) for n, d in parts.items() if n.endswith(".rels"))
    wanted, small = _skeleton(skeleton, parts["[Content_Types].xml"], frozenset(parts))
    return {n: small.get(n) or parts[n] for n in wanted}


@lru_cache(maxsize=64)
def _skeleton(
    rels: tuple[tuple[str, bytes], ...], types: bytes, names: frozenset[str]
) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Names of the parts to keep, and the new content types and relationships (cached: they are
    the same for all letters of a template)."""
    parts = dict(rels)
    small: dict[str, bytes] = {}
    wanted = ["[Content_Types].xml"]
    queue = [""]
    while queue:
        part = queue.pop()
        name = package.rels_name(part)
        if name not in parts:
            continue
        root = package.parse(parts[name])
        for relation in list(root):
            target = package.target(part, relation.get("Target", ""))
            external = relation.get("TargetMode") == "External"
            kept = relation.get("Type") in _PRINTED or (not part and relation.get("Type") == _CORE)
            if external and relation.get("Type", "").endswith("/hyperlink"):
                continue
            if not kept or external or target not in names:
                root.remove(relation)
            elif target not in wanted:
                wanted.append(target)
                queue.append(target)
        small[name] = etree.tostring(root)
        wanted.append(name)
    root = package.parse(types)
    for override in list(root):
        if (named := override.get("PartName")) and named.lstrip("/") not in wanted:
            root.remove(override)
    small["[Content_Types].xml"] = etree.tostring(root)
    return tuple(wanted), small


def _slim_part(root: etree._Element, look: line_position.StyleHeights, pitch: int) -> set[str]:
    """Slim a body, header or footer in place; the styles it uses."""
    for ruby in list(root.iter(w("ruby"))):
        _replace_ruby(ruby)
    for wrapper in list(root.iter(*_UNWRAP)):
        _unwrap(wrapper)
    _strip(root)
    layout.arrange(root)
    plain_text.write_symbols(root)
    plain_text.write_hyphens(root)
    line_position.lower(root, look, pitch)
    for properties in list(root.iter(w("rPr"), w("pPr"), w("tcPr"))):
        if not len(properties):
            package.drop(properties)
    for align in list(root.iter(w("vAlign"))):
        if align.get(w("val")) == "top":
            package.drop(align)
    etree.cleanup_namespaces(root)
    return {e.get(w("val"), "") for e in root.iter(w("pStyle"), w("rStyle"), w("tblStyle"))}


def _strip(root: etree._Element) -> None:
    """Remove what isn't printed, or is printed wrongly: one walk over the part."""
    doomed = []
    for element in root.iter():
        if element.tag in _DROP or not isinstance(element.tag, str):
            doomed.append(element)
        elif element.attrib:
            for name in list(element.attrib):
                if str(name).startswith("{" + W + "}rsid") or _OTHER_IDS.match(str(name)):
                    del element.attrib[name]
    for element in doomed:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    root.attrib.pop(_IGNORABLE, "")


def _unwrap(wrapper: etree._Element) -> None:
    """Put a wrapper's children in its place (address smart tags of old documents)."""
    parent = package.parent(wrapper)
    at = parent.index(wrapper)
    parent[at : at + 1] = [c for c in wrapper if c.tag not in _UNWRAP_PROPERTIES]


def _replace_ruby(ruby: etree._Element) -> None:
    """A word with its reading: the word. rdocx would drop both."""
    run = package.parent(ruby)
    parent = package.parent(run)
    base = [copy.deepcopy(r) for r in ruby.iterfind(f"{w('rubyBase')}/{w('r')}")]
    at = parent.index(run)
    rest = [c for c in run if c is not ruby and c.tag != w("rPr")]
    parent[at : at + 1] = base if not rest else [*base, run]
    if rest:
        run.remove(ruby)


def _split_run(element: etree._Element, setting: SetText) -> None:
    run = package.parent(element)
    parent = package.parent(run)
    at, inside = parent.index(run), run.index(element)
    before, after = list(run)[:inside], list(run)[inside + 1 :]
    properties = run.find(w("rPr"))
    runs = []

    def new(children: Iterable[etree._Element], family: str = "") -> None:
        one = etree.Element(w("r"))
        if properties is not None:
            one.append(copy.deepcopy(properties))
        if family:
            _child(one, "rPr").insert(0, _fonts(family))
        one.extend(children)
        runs.append(one)

    if any(c.tag != w("rPr") for c in before):
        new(c for c in before if c.tag != w("rPr"))
    for piece in setting.pieces:
        text = etree.Element(w("t"))
        text.text = piece.text
        text.set(_XML_SPACE, "preserve")
        new([text], piece.face.family if piece.face else "")
    if after:
        new(after)
    parent[at : at + 1] = runs


def _fonts(family: str) -> etree._Element:
    element = etree.Element(w("rFonts"))
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        element.set(w(name), family)
    return element


def _needed_styles(by_id: Mapping[str, etree._Element], used: frozenset[str]) -> set[str]:
    """The styles in use, those that go without saying, and what they are based on or linked to."""
    wanted = {i for i in used if i in by_id}
    wanted |= {i for i, s in by_id.items() if s.get(w("default")) in ("1", "true")}
    queue = list(wanted)
    while queue:
        style = by_id[queue.pop()]
        for name in ("basedOn", "link"):
            other = style.find(w(name))
            target = other.get(w("val"), "") if other is not None else ""
            if target in by_id and target not in wanted:
                wanted.add(target)
                queue.append(target)
    return wanted


@lru_cache(maxsize=64)
def _styles(xml: bytes, used: frozenset[str], pitch: int) -> bytes:
    """The style sheet with the styles in use, one font, text lowered in its lines, and the grid's
    pitch as line height."""
    root = package.parse(xml)
    look = line_position.sheet(xml)
    _strip(root)
    by_id = {s.get(w("styleId"), ""): s for s in root.iter(w("style"))}
    wanted = _needed_styles(by_id, used)
    for identifier, style in by_id.items():
        if identifier not in wanted:
            root.remove(style)
        elif style.get(w("type")) == "paragraph":
            shift = line_position.in_style(look, identifier, pitch)
            position = _child(_child(style, "rPr"), "position")
            position.set(w("val"), str(-shift))
    defaults = root.find(w("docDefaults"))
    if defaults is None:
        defaults = etree.Element(w("docDefaults"))
        root.insert(0, defaults)
    run = _child(_child(defaults, "rPrDefault", 0), "rPr", 0)
    run.insert(0, _fonts(FAMILY))
    if pitch:
        spacing = _child(_child(_child(defaults, "pPrDefault"), "pPr", 0), "spacing", 0)
        if spacing.get(w("line")) is None:
            spacing.set(w("line"), str(pitch))
            spacing.set(w("lineRule"), "atLeast")
    etree.cleanup_namespaces(root)
    return _xml(root)


def _child(parent: etree._Element, name: str, at: int | None = None) -> etree._Element:
    found = parent.find(w(name))
    if found is None:
        found = etree.Element(w(name))
        parent.insert(len(parent) if at is None else at, found)
    return found


@lru_cache(maxsize=64)
def _plain(xml: bytes) -> bytes:
    root = package.parse(xml)
    _strip(root)
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
