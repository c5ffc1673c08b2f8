"""Changes to the workbook part and its neighbours: names, recalculation, new sheets."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.xml_bytes import insert_child

_AFTER_NAMES = frozenset(
    b"calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing "
    b"fileRecoveryPr webPublishObjects extLst".split()
)
_AFTER_CALC = _AFTER_NAMES - {b"calcPr"}
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELATION_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def _insert(data: bytes, new: bytes, before: frozenset[bytes]) -> bytes:
    return insert_child(data, *xml_bytes.inside(data, xml_bytes.root(data)), new, before)


def recalculated(data: bytes) -> bytes:
    """The workbook part with the order to calculate everything when it is opened."""
    p = xml_bytes.prefix(data)
    pattern = re.compile(rb"<%scalcPr(?:\s[^>]*)?>" % p)
    match = pattern.search(data)
    if match is None:
        return _insert(data, b'<%scalcPr fullCalcOnLoad="1"/>' % p, _AFTER_CALC)
    tag = xml_bytes.set_attribute(match[0], b"fullCalcOnLoad", b"1")
    return data[: match.start()] + tag + data[match.end() :]


@dataclass(frozen=True, slots=True)
class Tab:
    """A ``<sheet>`` of the workbook part: the tab's name, the id of its relationship ("": none)."""

    name: str
    relation: str


def _children(data: bytes, outer: bytes, inner: bytes) -> Iterator[xml_bytes.ElementSpan]:
    for group in xml_bytes.children(data, xml_bytes.root(data), outer):
        yield from xml_bytes.children(data, group, inner)


def sheets(data: bytes) -> list[Tab]:
    """The tabs in their order."""
    found = []
    for piece in _children(data, b"sheets", b"sheet"):
        items = xml_bytes.attributes(data[piece.start : piece.inner])
        ids = [value for name, value in items.items() if name.rpartition(b":")[2] == b"id"]
        relation = xml_bytes.plain(ids[0]) if ids else ""
        found.append(Tab(xml_bytes.plain(items.get(b"name", b"")), relation))
    return found


def date1904(data: bytes) -> bool:
    """Whether days are counted from 1904."""
    found = next(xml_bytes.children(data, xml_bytes.root(data), b"workbookPr"), None)
    items = xml_bytes.attributes(data[found.start : found.inner]) if found else {}
    return items.get(b"date1904", b"").strip() in (b"1", b"true")


def names(data: bytes) -> dict[str, str]:
    """The workbook's names and their formulas (names that belong to one sheet left out)."""
    found = {}
    for piece in _children(data, b"definedNames", b"definedName"):
        items = xml_bytes.attributes(data[piece.start : piece.inner])
        if b"localSheetId" not in items:
            formula = xml_bytes.plain(data[slice(*xml_bytes.inside(data, piece))])
            found[xml_bytes.plain(items.get(b"name", b""))] = formula
    return found


def defined(data: bytes) -> dict[tuple[str, int | None], str]:
    """(name, the place of the tab that it belongs to or None) → formula, of all names."""
    found: dict[tuple[str, int | None], str] = {}
    for piece in _children(data, b"definedNames", b"definedName"):
        items = xml_bytes.attributes(data[piece.start : piece.inner])
        local = items.get(b"localSheetId")
        key = xml_bytes.plain(items.get(b"name", b"")), int(local) if local is not None else None
        found[key] = xml_bytes.plain(data[slice(*xml_bytes.inside(data, piece))])
    return found


def redefined(
    data: bytes, new: Mapping[tuple[str, int | None], str | None], hidden: Container[str] = ()
) -> bytes:
    """The workbook part with names added or defined anew, or (None) taken out; keys as ``defined``
    gives them. hidden: those that users needn't see."""
    p = xml_bytes.prefix(data)
    known, edits = set(), []
    for piece in _children(data, b"definedNames", b"definedName"):
        tag = data[piece.start : piece.inner]
        items = xml_bytes.attributes(tag)
        local = items.get(b"localSheetId")
        key = xml_bytes.plain(items.get(b"name", b"")), int(local) if local is not None else None
        if key not in new:
            continue
        known.add(key)
        formula = new[key]
        if formula is None:
            edits.append((piece.start, piece.end, b""))
        else:
            tag = tag[:-2] + b">" if tag.endswith(b"/>") else tag
            whole = tag + xml_bytes.escape(formula) + b"</%sdefinedName>" % p
            edits.append((piece.start, piece.end, whole))
    data = xml_bytes.splice(data, edits)
    element = b"".join(
        b'<%sdefinedName name="%s"%s%s>%s</%sdefinedName>'
        % (
            p,
            xml_bytes.quote(name),
            b"" if local is None else b' localSheetId="%d"' % local,
            b' hidden="1"' if name in hidden else b"",
            xml_bytes.escape(formula),
            p,
        )
        for (name, local), formula in new.items()
        if formula is not None and (name, local) not in known
    )
    close = b"</%sdefinedNames>" % p
    if close in data:
        data = data.replace(close, element + close, 1)
        return data.replace(b"<%sdefinedNames>%s" % (p, close), b"", 1)
    return (
        _insert(data, b"<%sdefinedNames>%s%s" % (p, element, close), _AFTER_NAMES)
        if element
        else data
    )


def with_names(data: bytes, start: str, new: dict[str, str]) -> bytes:
    """The workbook part with these hidden names in place of all that begin with ``start``."""
    p = xml_bytes.prefix(data)
    old = {name: formula for name, formula in names(data).items() if name.startswith(start)}
    if old == new:
        return data
    data = re.sub(
        rb'<%sdefinedName\s(?=[^>]*name="%s)[^>]*>[^<]*</%sdefinedName>' % (p, start.encode(), p),
        b"",
        data,
    )
    element = b"".join(
        b'<%sdefinedName name="%s" hidden="1">%s</%sdefinedName>'
        % (p, xml_bytes.quote(name), xml_bytes.escape(formula), p)
        for name, formula in new.items()
    )
    close = b"</%sdefinedNames>" % p
    if close in data:
        data = data.replace(close, element + close, 1)
        return data.replace(b"<%sdefinedNames>%s" % (p, close), b"", 1)
    if not new:
        return data
    data = re.sub(rb"<%sdefinedNames\s*/>" % p, b"", data)  # openpyxl's, when there are none
    whole = b"<%sdefinedNames>%s%s" % (p, element, close)
    return _insert(data, whole, _AFTER_NAMES)


def with_sheet(data: bytes, name: str, relation: str, strict: bool) -> bytes:
    """The workbook part with one more tab, at the end; relation: the new relationship's id."""
    p = xml_bytes.prefix(data)
    ids = [int(n) for n in re.findall(rb'<%ssheet\s[^>]*?sheetId="(\d{1,9})"' % p, data)]
    base = _RELATION_STRICT if strict else _RELATION
    element = b'<%ssheet xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>' % (
        p,
        base.rstrip("/").encode(),
        xml_bytes.quote(name),
        max(ids, default=0) + 1,
        relation.encode(),
    )
    close = b"</%ssheets>" % p
    if close not in data:
        raise xml_bytes.BadMarkup
    return data.replace(close, element + close, 1)


def with_sheet_before(data: bytes, old: str, name: str, relation: str, strict: bool) -> bytes:
    """The workbook part with a new tab in the place, and under the name, of tab ``old``, which is
    called ``name`` from now on and stands last; relation: the new tab's."""
    data = with_sheet(data, name, relation, strict)
    tabs = [data[piece.start : piece.end] for piece in _children(data, b"sheets", b"sheet")]
    titles = [xml_bytes.plain(xml_bytes.attributes(tab)[b"name"]) for tab in tabs]
    at = titles.index(old)
    new, kept = tabs[-1], tabs[at]
    tabs[at] = xml_bytes.set_attribute(new, b"name", xml_bytes.quote(old))
    tabs[-1] = xml_bytes.set_attribute(kept, b"name", xml_bytes.quote(name))
    group = next(xml_bytes.children(data, xml_bytes.root(data), b"sheets"))
    start, end = xml_bytes.inside(data, group)
    return data[:start] + b"".join(tabs) + data[end:]


def with_relation(data: bytes, kind: str, target: str, strict: bool) -> tuple[bytes, str]:
    """A relationships part with one more, and the new one's id. target: absolute (``/xl/…``)."""
    used = set(re.findall(rb'\sId="([^"]*)"', data))
    number = 1
    while b"rId%d" % number in used:
        number += 1
    base = _RELATION_STRICT if strict else _RELATION
    element = b'<%sRelationship Id="rId%d" Type="%s" Target="%s"/>' % (
        _prefix(data),
        number,
        (base + kind).encode(),
        xml_bytes.quote(target),
    )
    return _insert(data, element, frozenset()), f"rId{number}"


def without_relation(data: bytes, kind: str) -> bytes:
    """A relationships part without those of a type (its last word)."""
    p = _prefix(data)
    pattern = rb'<%sRelationship\s(?=[^>]*Type="[^"]*/%s")[^>]*?(?:/>|></%sRelationship>)'
    return re.sub(pattern % (p, kind.encode(), p), b"", data)


def with_type(data: bytes, part: str, kind: str) -> bytes:
    """[Content_Types].xml with the type of a new part; kind: ``worksheet`` or ``styles``."""
    element = b'<%sOverride PartName="/%s" ContentType="%s%s+xml"/>' % (
        _prefix(data),
        xml_bytes.quote(part),
        _TYPE.encode(),
        kind.encode(),
    )
    return _insert(data, element, frozenset())


def without_type(data: bytes, part: str) -> bytes:
    """[Content_Types].xml without the entry of a part."""
    p, name = _prefix(data), re.escape(xml_bytes.quote("/" + part))
    pattern = rb'<%sOverride\s(?=[^>]*PartName="%s")[^>]*?(?:/>|></%sOverride>)' % (p, name, p)
    return re.sub(pattern, b"", data, flags=re.IGNORECASE)


def _prefix(data: bytes) -> bytes:
    """The prefix of the root and so of its children, whatever their namespace."""
    top = xml_bytes.root(data)
    return top.full.removesuffix(top.name)
