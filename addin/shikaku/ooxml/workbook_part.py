"""Changes to the workbook part and its neighbours: names, recalculation, new sheets."""

from collections.abc import Callable, Container, Iterator, Mapping
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
    found = next(xml_bytes.children(data, xml_bytes.root(data), b"calcPr"), None)
    if found is None:
        return _insert(data, b'<%scalcPr fullCalcOnLoad="1"/>' % p, _AFTER_CALC)
    tag = xml_bytes.set_attribute(data[found.start : found.inner], b"fullCalcOnLoad", b"1")
    return data[: found.start] + tag + data[found.inner :]


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
    for group in xml_bytes.children(data, xml_bytes.root(data), b"sheets"):
        around = [xml_bytes.root(data), group]
        for piece in xml_bytes.children(data, group, b"sheet"):
            items = xml_bytes.attributes(data[piece.start : piece.inner])
            names = _relation_names(data, [*around, piece])
            ids = [value for name, value in items.items() if name in names]
            relation = xml_bytes.plain(ids[0]) if ids else ""
            found.append(Tab(xml_bytes.plain(items.get(b"name", b"")), relation))
    return found


def _relation_names(data: bytes, elements: list[xml_bytes.ElementSpan]) -> set[bytes]:
    """How an attribute with the id of a relationship may be called inside these elements."""
    spaces: dict[bytes, bytes] = {}
    for element in elements:
        spaces |= xml_bytes.attributes(data[element.start : element.inner])
    wanted = {base.rstrip("/").encode() for base in (_RELATION, _RELATION_STRICT)}
    return {
        name[6:] + b":id"
        for name, space in spaces.items()
        if name.startswith(b"xmlns:") and space in wanted
    }


def date1904(data: bytes) -> bool:
    """Whether days are counted from 1904."""
    found = next(xml_bytes.children(data, xml_bytes.root(data), b"workbookPr"), None)
    items = xml_bytes.attributes(data[found.start : found.inner]) if found else {}
    date1904 = items.get(b"date1904", b"0").strip()
    if date1904 not in (*xml_bytes.TRUE, b"0", b"false"):  # four years lie between the two
        raise xml_bytes.BadMarkup
    return date1904 in xml_bytes.TRUE


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
        found[_key(items)] = xml_bytes.plain(data[slice(*xml_bytes.inside(data, piece))])
    return found


def _key(items: dict[bytes, bytes]) -> tuple[str, int | None]:
    local = items.get(b"localSheetId")
    name = xml_bytes.plain(items.get(b"name", b""))
    return name, xml_bytes.whole(local) if local is not None else None


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
        key = _key(items)
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
    return _with_definitions(data, element)


def with_names(data: bytes, start: str, new: dict[str, str]) -> bytes:
    """The workbook part with these hidden names in place of all that begin with ``start``."""
    p = xml_bytes.prefix(data)
    old = {name: formula for name, formula in names(data).items() if name.startswith(start)}
    if old == new:
        return data
    gone = [
        (piece.start, piece.end, b"")
        for piece in _children(data, b"definedNames", b"definedName")
        if _name_of(data, piece).startswith(start)
    ]
    data = xml_bytes.splice(data, gone)
    element = b"".join(
        b'<%sdefinedName name="%s" hidden="1">%s</%sdefinedName>'
        % (p, xml_bytes.quote(name), xml_bytes.escape(formula), p)
        for name, formula in new.items()
    )
    return _with_definitions(data, element)


def _name_of(data: bytes, piece: xml_bytes.ElementSpan) -> str:
    items = xml_bytes.attributes(data[piece.start : piece.inner])
    return xml_bytes.plain(items.get(b"name", b""))


def _with_definitions(data: bytes, new: bytes) -> bytes:
    """The workbook part with more ``<definedName>`` elements behind those that it has; without the
    list of them when it is empty."""
    p = xml_bytes.prefix(data)
    found = next(xml_bytes.children(data, xml_bytes.root(data), b"definedNames"), None)
    old = b"" if found is None else data[slice(*xml_bytes.inside(data, found))]
    if found is not None and (old or not new):
        at = xml_bytes.inside(data, found)[1]
        start, end, new = (at, at, new) if old else (found.start, found.end, b"")
        return data[:start] + new + data[end:]
    if not new:
        return data
    if found is not None:  # openpyxl's, when there are none
        data = data[: found.start] + data[found.end :]
    whole = b"<%sdefinedNames>%s</%sdefinedNames>" % (p, new, p)
    return _insert(data, whole, _AFTER_NAMES)


def with_sheet(data: bytes, name: str, relation: str, strict: bool) -> bytes:
    """The workbook part with one more tab, at the end; relation: the new relationship's id."""
    p = xml_bytes.prefix(data)
    tabs = _children(data, b"sheets", b"sheet")
    tags = (xml_bytes.attributes(data[tab.start : tab.inner]) for tab in tabs)
    ids = [int(n) for tag in tags if (n := tag.get(b"sheetId", b"").strip()).isdigit()]
    base = _RELATION_STRICT if strict else _RELATION
    element = b'<%ssheet xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>' % (
        p,
        base.rstrip("/").encode(),
        xml_bytes.quote(name),
        max(ids, default=0) + 1,
        relation.encode(),
    )
    group = next(xml_bytes.children(data, xml_bytes.root(data), b"sheets"), None)
    if group is None or group.inner == group.end:
        raise xml_bytes.BadMarkup
    at = xml_bytes.inside(data, group)[1]
    return data[:at] + element + data[at:]


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
    top = xml_bytes.pieces(data, *xml_bytes.inside(data, xml_bytes.root(data)))
    used = {xml_bytes.attributes(data[one.start : one.inner]).get(b"Id") for one in top}
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
    end = b"/" + kind.encode()
    return _without(data, lambda items: items.get(b"Type", b"").endswith(end))


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
    name = f"/{part}".lower()
    return _without(
        data, lambda items: xml_bytes.plain(items.get(b"PartName", b"")).lower() == name
    )


def _without(data: bytes, gone: Callable[[dict[bytes, bytes]], bool]) -> bytes:
    """A part without the children of its root by whose attributes they are to go."""
    return xml_bytes.splice(
        data,
        [
            (one.start, one.end, b"")
            for one in xml_bytes.pieces(data, *xml_bytes.inside(data, xml_bytes.root(data)))
            if gone(xml_bytes.attributes(data[one.start : one.inner]))
        ],
    )


def _prefix(data: bytes) -> bytes:
    """The prefix of the root and so of its children, whatever their namespace."""
    top = xml_bytes.root(data)
    return top.full.removesuffix(top.name)
