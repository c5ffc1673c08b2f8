"""A Word file made ready for the embedded PDF engine. Only the PDF's copy; the letter stays.

rdocx chooses fonts a run at a time, loses some of what Word writes, and its time grows with each
unused name space and style. So the copy has one Japanese font everywhere, no document grid, no
wrappers that swallow their text, and nothing that isn't printed.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from shikaku.errors import PdfError
from shikaku.letters import baseline, package
from shikaku.letters.fonts import FAMILY, FontSet
from shikaku.letters.glyphs import Setting, clusters, set_text
from shikaku.letters.package import W, w

_DROP = frozenset(
    w(n)
    for n in ["proofErr", "bookmarkStart", "bookmarkEnd", "lastRenderedPageBreak", "docGrid", "rFonts", "lang", "snapToGrid", "noProof", "permStart", "permEnd", "commentRangeStart", "commentRangeEnd", "commentReference", "latentStyles", "rsids"]
)
_UNWRAP = frozenset((w("smartTag"), w("customXml")))
_UNWRAP_PROPERTIES = frozenset((w("smartTagPr"), w("customXmlPr")))
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PRINTED = frozenset(
    _OFFICE + n
    for n in ["officeDocument", "styles", "numbering", "settings", "header", "footer", "image", "footnotes", "endnotes"]
)
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_ASCII = frozenset(map(chr, range(0x20, 0x7F)))
# Bullets of Symbol and Wingdings, which are private characters of fonts we don't have.
_SYMBOLS = {
    0xF0B7: "・", 0xF06C: "●", 0xF06E: "■", 0xF06F: "□", 0xF0A7: "■", 0xF0D8: "＞", 0xF0FC: "✓",
    0xF0FE: "✓", 0xF0A8: "□", 0xF075: "◆", 0xF076: "❖", 0xF0E8: "→", 0xF0FB: "×", 0xF071: "□",
}  # fmt: skip
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_OTHER_IDS = re.compile(r"\{http://schemas\.microsoft\.com/[^}]*\}(paraId|textId)$")


@dataclass(slots=True)
class Prepared:
    """A document for rdocx.

    docx: the copy. characters: what it prints (clusters), for cutting fonts. families: fallback
    faces in use. bold: some of it is bold. missing: characters that no font has. notes: variants
    printed in their plain form.
    """

    docx: bytes
    characters: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    bold: bool = False
    missing: list[str] = field(default_factory=list)
    plain_form: list[str] = field(default_factory=list)


def prepare(docx: bytes, fonts: FontSet) -> Prepared:
    """The copy of a finished letter that rdocx prints rightly.

    Raises TemplateError or PdfError when the file can't be read. Missing characters are listed,
    not raised: the caller knows the person's name.
    """
    parts = package.read(docx, "通知書")
    live = package.of_type(parts, "document.main", "header", "footer", "footnotes", "endnotes")
    types = package.content_types(parts)
    styles = next((p for p, t in types.items() if t.endswith(".styles+xml")), None)
    if styles is None:
        raise PdfError(
            "スタイルの部品がないWord文書はPDFにできません。",
            "Wordで開き、「.docx」として保存し直してください。",
        )
    result = Prepared(b"")
    result.characters |= _ASCII
    pitch, used = 0, set()
    out = _kept(parts)
    for part in live:
        if part not in out:
            continue
        data, seen = _body(parts[part], fonts, baseline.sheet(parts[styles]))
        out[part] = data
        pitch = pitch or seen.pitch
        used |= seen.styles
        _add(result, seen)
    out[styles], bold = _styles(parts[styles], frozenset(used), pitch)
    result.bold |= bold
    for part, kind in types.items():
        if part in out and kind.endswith(".numbering+xml"):
            out[part], labels = _numbering(parts[part])
            result.characters |= set(labels)
        elif part in out and kind.endswith(".settings+xml"):
            out[part] = _plain(parts[part])
    result.docx = package.pack(out, level=1)
    return result


@dataclass(slots=True)
class _Seen:
    """What one part holds: grid pitch in twips, style ids, text."""

    pitch: int = 0
    styles: set[str] = field(default_factory=set)
    characters: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    bold: bool = False
    missing: list[str] = field(default_factory=list)
    plain_form: list[str] = field(default_factory=list)


def _add(result: Prepared, seen: _Seen) -> None:
    result.characters |= seen.characters
    result.families |= seen.families
    result.bold |= seen.bold
    result.missing = list(dict.fromkeys(result.missing + seen.missing))
    result.plain_form = list(dict.fromkeys(result.plain_form + seen.plain_form))


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
            target = _target(part, relation.get("Target", ""))
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
        if override.get("PartName") and override.get("PartName").lstrip("/") not in wanted:
            root.remove(override)
    small["[Content_Types].xml"] = etree.tostring(root)
    return tuple(wanted), small


def _target(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    pieces = part.split("/")[:-1]
    for piece in target.split("/"):
        if piece == "..":
            pieces = pieces[:-1]
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)


def _body(xml: bytes, fonts: FontSet, look: baseline.Sheet) -> tuple[bytes, _Seen]:
    """A body, header or footer for rdocx, and what it holds."""
    root = package.parse(xml)
    seen = _Seen()
    for ruby in list(root.iter(w("ruby"))):
        _replace_ruby(ruby)
    for wrapper in list(root.iter(*_UNWRAP)):
        _unwrap(wrapper)
    grid = root.find(f".//{w('docGrid')}")
    if grid is not None and grid.get(w("type"), "default") != "default":
        seen.pitch = int(grid.get(w("linePitch"), "0") or 0)
    _strip(root)
    for element in list(
        root.iter(w("t"), w("sym"), w("b"), w("pStyle"), w("rStyle"), w("tblStyle"))
    ):
        tag = element.tag
        if tag == w("t"):
            _set(element, fonts, seen)
        elif tag == w("sym"):
            _set(_symbol(element), fonts, seen)
        elif tag == w("b"):
            seen.bold = seen.bold or element.get(w("val"), "1") not in ("0", "false", "off")
        else:
            seen.styles.add(element.get(w("val"), ""))
    baseline.lower(root, look, seen.pitch)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), seen


def _strip(root: etree._Element) -> None:
    """Remove what isn't printed, or is printed wrongly: one walk over the part."""
    doomed = []
    for element in root.iter():
        if element.tag in _DROP or not isinstance(element.tag, str):
            doomed.append(element)
            continue
        if element.attrib:
            for name in list(element.attrib):
                if name.startswith("{" + W + "}rsid") or _OTHER_IDS.match(name):
                    del element.attrib[name]
    for element in doomed:
        _remove(element)
    root.attrib.pop(_IGNORABLE, None)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(wrapper: etree._Element) -> None:
    """Put a wrapper's children in its place (address smart tags of old documents)."""
    parent = wrapper.getparent()
    at = parent.index(wrapper)
    children = [c for c in wrapper if c.tag not in _UNWRAP_PROPERTIES]
    parent[at : at + 1] = children


def _replace_ruby(ruby: etree._Element) -> None:
    """A word with its reading: the word. rdocx would drop both."""
    run = ruby.getparent()
    parent = run.getparent()
    base = [copy.deepcopy(r) for r in ruby.iterfind(f"{w('rubyBase')}/{w('r')}")]
    at = parent.index(run)
    rest = [c for c in run if c is not ruby and c.tag != w("rPr")]
    parent[at : at + 1] = base if not rest else [*base, run]
    if rest:
        _remove(ruby)


def _symbol(sym: etree._Element) -> etree._Element:
    """A symbol of a symbol font as text."""
    code = int(sym.get(w("char"), "0") or "0", 16)
    text = etree.Element(w("t"))
    text.text = _SYMBOLS.get(code) or _SYMBOLS.get(code | 0xF000) or chr(code or 0xFFFD)
    sym.getparent().replace(sym, text)
    return text


def _set(element: etree._Element, fonts: FontSet, seen: _Seen) -> None:
    """Give characters of fallback fonts their own run; collect what is printed."""
    text = element.text or ""
    setting = set_text(text, fonts)
    seen.missing += setting.missing
    seen.plain_form += setting.plain_form
    for piece in setting.pieces:
        seen.characters.update(clusters(piece.text))
        seen.characters.update(piece.text)
        if piece.face:
            seen.families.add(piece.face.family)
    if len(setting.pieces) == 1 and setting.pieces[0].face is None:
        element.text = setting.pieces[0].text
    else:
        _split_run(element, setting)


def _split_run(element: etree._Element, setting: Setting) -> None:
    run = element.getparent()
    parent = run.getparent()
    at, inside = parent.index(run), run.index(element)
    before, after = list(run[:inside]), list(run[inside + 1 :])
    properties = run.find(w("rPr"))
    runs = []

    def new(children: Iterable[etree._Element], family: str = "") -> None:
        one = etree.Element(w("r"))
        if properties is not None:
            one.append(copy.deepcopy(properties))
        if family:
            if one.find(w("rPr")) is None:
                etree.SubElement(one, w("rPr"))
            one.find(w("rPr")).insert(0, _fonts(family))
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


@lru_cache(maxsize=64)
def _styles(xml: bytes, used: frozenset[str], pitch: int) -> tuple[bytes, bool]:
    """The style sheet with the styles in use, one font, and the grid's pitch as line height.

    The second result: some style is bold.
    """
    root = package.parse(xml)
    _strip(root)
    by_id = {s.get(w("styleId")): s for s in root.iter(w("style"))}
    wanted = {i for i in used if i in by_id}
    wanted |= {i for i, s in by_id.items() if s.get(w("default")) in ("1", "true")}
    queue = list(wanted)
    while queue:
        style = by_id[queue.pop()]
        for name in ("basedOn", "link"):
            other = style.find(w(name))
            target = other.get(w("val")) if other is not None else None
            if target in by_id and target not in wanted:
                wanted.add(target)
                queue.append(target)
    for identifier, style in by_id.items():
        if identifier not in wanted:
            root.remove(style)
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
    bold = any(b.get(w("val"), "1") not in ("0", "false") for b in root.iter(w("b")))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), bold


def _child(parent: etree._Element, name: str, at: int | None = None) -> etree._Element:
    found = parent.find(w(name))
    if found is None:
        found = etree.Element(w(name))
        parent.insert(len(parent) if at is None else at, found)
    return found


@lru_cache(maxsize=64)
def _numbering(xml: bytes) -> tuple[bytes, str]:
    """The lists with labels in characters that the font has, and those characters."""
    root = package.parse(xml)
    _strip(root)
    labels = ""
    for level in root.iter(w("lvlText")):
        text = "".join(_SYMBOLS.get(ord(c), c) for c in level.get(w("val"), ""))
        level.set(w("val"), text)
        labels += text
    etree.cleanup_namespaces(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), labels


@lru_cache(maxsize=64)
def _plain(xml: bytes) -> bytes:
    root = package.parse(xml)
    _strip(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
