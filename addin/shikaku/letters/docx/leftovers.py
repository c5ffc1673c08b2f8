"""What Word leaves in a template and no letter may carry: comments, tracked changes, links.

A template is read as if every change had been accepted and every comment deleted; what was taken
out is reported by ``templates check``. Smart tags and custom XML around text go without a word: they
print nothing, and part a ``{{ name }}`` in two.
"""

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text, shorten
from shikaku.letters.docx.package import R, w

LABELS = {
    "document.main": "本文",
    "header": "ヘッダー",
    "footer": "フッター",
    "footnotes": "脚注",
    "endnotes": "文末脚注",
}
"""Content type → what a user calls the part."""

_GONE = (w("del"), w("moveFrom"))
_KEPT = (w("ins"), w("moveTo"))
_WRAPPERS = (w("smartTag"), w("customXml"))
_WRAPPER_PROPERTIES = (w("smartTagPr"), w("customXmlPr"))
_MARKS = tuple(
    w(name)
    for name in (
        "commentRangeStart", "commentRangeEnd", "moveFromRangeStart", "moveFromRangeEnd",
        "moveToRangeStart", "moveToRangeEnd", "rPrChange", "pPrChange", "sectPrChange",
        "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange",
        "numberingChange", "cellIns", "cellMerge",
    )
)  # fmt: skip
_PARTS = ("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people")
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MENTIONS = (
    *(b"comment", b":del ", b":ins ", b":move", b":cell", b"Change"),
    *(b"smartTag", b"customXml"),
)


@dataclass
class Cleaned:
    """parts: without what was taken out. problems: what it was, in warnings."""

    parts: dict[str, bytes]
    problems: list[Problem] = field(default_factory=list)


def clean(parts: Mapping[str, bytes]) -> Cleaned:
    """A template's parts as its letters are to have them; untouched parts keep their bytes."""
    done = Cleaned(dict(parts))
    for ending, where in LABELS.items():
        for part in package.of_type(parts, ending):
            if any(word in parts[part] for word in _MENTIONS):
                root = package.parse(parts[part])
                changed = _changes(root, where, done) | _comments(root, where, done)
                changed |= _unwrap(root, _WRAPPERS)
                if changed:
                    done.parts[part] = _bytes(root)
    _drop_parts(done.parts)
    _links_of_settings(done)
    return done


def _bytes(root: etree._Element) -> bytes:
    return _XML + etree.tostring(root)


def _paragraph(element: etree._Element) -> str:
    """The text of the paragraph around an element, else of the first one in it."""
    around = next(element.iterancestors(w("p")), None)
    if around is None:
        around = next(element.iter(w("p")), None)
    return paragraph_text(around) if around is not None else ""


def _unwrap(root: etree._Element, tags: tuple[str, ...]) -> bool:
    """Put the children of wrappers in their place."""
    wrappers = list(root.iter(*tags))
    for wrapper in wrappers:
        holder = package.parent(wrapper)
        at = holder.index(wrapper)
        children = [c for c in wrapper if c.tag not in _WRAPPER_PROPERTIES]
        holder[at : at + 1] = children
    return bool(wrappers)


def _about_changes(
    gone: Sequence[etree._Element], kept: Sequence[etree._Element], where: str
) -> list[Problem]:
    """The problems of tracked changes: each text that goes, or that something came in."""
    found = []
    for element in gone:
        text = "".join(t.text or "" for t in element.iter(w("delText"), w("t")))
        if text.strip():
            what = f"変更履歴で削除された文字「{shorten(text, 30)}」"
            found.append(_problem(where, _paragraph(element), what))
    if kept and not gone:
        found.append(_problem(where, _paragraph(kept[0]), "変更履歴(挿入は反映しました)"))
    return found


def _changes(root: etree._Element, where: str, done: Cleaned) -> bool:
    """Accept every tracked change."""
    marks = [e for e in root.iter(*_MARKS) if not e.tag.startswith(w("comment"))]
    gone = [e for e in root.iter(*_GONE, w("cellDel"))]
    kept = list(root.iter(*_KEPT))
    done.problems += _about_changes(gone, kept, where)
    for element in gone:
        _delete(element)
    for element in kept:
        if package.parent(element).tag in (w("rPr"), w("trPr"), w("ctrlPr")):
            package.drop(element)
    _unwrap(root, _KEPT)
    for element in marks:
        if element.getparent() is not None:
            package.drop(element)
    return bool(marks or gone or kept)


def _problem(where: str, paragraph: str, what: str) -> Problem:
    return Problem(
        "warning",
        where,
        paragraph,
        f"{what}は、通知書には入れません。",
        "Wordの「校閲」で変更履歴をすべて反映し、コメントを削除しておいてください。",
    )


def _delete(element: etree._Element) -> None:
    """Take out what was deleted: text, a row, a cell, or the mark between two paragraphs."""
    holder = element.getparent()
    if holder is None:
        return
    if holder.tag == w("trPr"):
        row = package.parent(holder)
        if row.getparent() is not None:
            package.drop(row)
    elif holder.tag == w("tcPr"):
        cell = package.parent(holder)
        if len(package.parent(cell).findall(w("tc"))) > 1:
            package.drop(cell)
        else:
            holder.remove(element)
    elif holder.tag == w("rPr") and package.parent(holder).tag == w("pPr"):
        paragraph = package.parent(package.parent(holder))
        holder.remove(element)
        _join_next(paragraph)
    elif holder.tag in (w("rPr"), w("ctrlPr")):
        holder.remove(element)
    else:
        holder.remove(element)


def _join_next(paragraph: etree._Element) -> None:
    """The paragraph's end was deleted: what is left of it begins the next one."""
    following = paragraph.getnext()
    if following is None or following.tag != w("p"):
        return
    at = 1 if following.find(w("pPr")) is not None else 0
    rest = [c for c in paragraph if c.tag != w("pPr") and c.tag not in _GONE]
    following[at:at] = rest
    package.drop(paragraph)


def _comments(root: etree._Element, where: str, done: Cleaned) -> bool:
    """Take the comments' marks out of the text."""
    references = list(root.iter(w("commentReference")))
    for reference in references:
        done.problems.append(_problem(where, _paragraph(reference), "コメント"))
        run = package.parent(reference)
        run.remove(reference)
        if all(child.tag == w("rPr") for child in run):
            package.drop(run)
    marks = list(root.iter(w("commentRangeStart"), w("commentRangeEnd")))
    for mark in marks:
        package.drop(mark)
    return bool(references or marks)


def _drop_parts(parts: dict[str, bytes]) -> None:
    """Without the parts of comments and the people who wrote them."""
    doomed = {
        part
        for part, kind in package.content_types(parts).items()
        if part.endswith(".xml") and kind.endswith(tuple(f".{name}+xml" for name in _PARTS))
    }
    if not doomed:
        return
    for part in doomed:
        del parts[part]
        parts.pop(package.rels_name(part), None)
    types = package.parse(parts["[Content_Types].xml"])
    for override in list(types):
        if override.get("PartName", "").lstrip("/") in doomed:
            types.remove(override)
    parts["[Content_Types].xml"] = _bytes(types)
    for name in [n for n in parts if n.endswith(".rels")]:
        _drop_relations(parts, name, partial(_leads_to, _owner(name), doomed))


def _leads_to(part: str, doomed: Collection[str], relation: etree._Element) -> bool:
    return package.target(part, relation.get("Target", "")) in doomed


def _owner(rels: str) -> str:
    """``word/_rels/document.xml.rels`` → ``word/document.xml``."""
    folder = posixpath.dirname(posixpath.dirname(rels))
    return posixpath.join(folder, posixpath.basename(rels).removesuffix(".rels"))


def _drop_relations(
    parts: dict[str, bytes], name: str, doomed: Callable[[etree._Element], bool]
) -> bool:
    root = package.parse(parts[name])
    gone = [relation for relation in root if doomed(relation)]
    for relation in gone:
        root.remove(relation)
    if gone:
        parts[name] = _bytes(root)
    return bool(gone)


_SETTINGS = {
    "attachedTemplate": w("attachedTemplate"),
    "mailMergeSource": w("mailMerge"),
    "mailMergeHeaderSource": w("mailMerge"),
}
"""Relationship of the settings → the element that it is for."""


def _links_of_settings(done: Cleaned) -> None:
    """Word would fetch the template that a document was made from, and ask for the list that it was
    merged with: no letter needs either."""
    for part in package.of_type(done.parts, "settings"):
        root = package.parse(done.parts[part])
        doomed = list(root.iter(w("mailMerge")))
        if doomed:
            done.problems.append(
                Problem(
                    "warning",
                    "文書の設定",
                    "",
                    "差し込み印刷の設定(名簿の場所)は、通知書には入れません。",
                    "Wordの「差し込み文書」で「標準のWord文書」に戻しておいてください。",
                )
            )
        name = package.rels_name(part)
        if name in done.parts and _drop_relations(done.parts, name, _is_link_of_settings):
            doomed += [e for e in root.iter(*_SETTINGS.values()) if e not in doomed]
        for element in doomed:
            package.drop(element)
        if doomed:
            done.parts[part] = _bytes(root)


def _is_link_of_settings(relation: etree._Element) -> bool:
    return relation.get("Type", "").rpartition("/")[2] in _SETTINGS


def fetched(parts: Mapping[str, bytes]) -> Iterator[Problem]:
    """Whatever Word or LibreOffice would fetch from elsewhere: linked pictures and files. Links to
    click on are none. An error each: a letter must not depend on it, nor give its reader away."""
    for name in (n for n in parts if n.endswith(".rels")):
        part = _owner(name)
        for relation in package.relationships(parts, part):
            kind = relation.get("Type", "").rpartition("/")[2]
            if not _leads_outside(relation) and kind != _FOREIGN_TEXT:
                continue
            user = _user(parts, part, relation.get("Id", ""))
            if kind != "hyperlink" or user is not None and user.tag not in _CLICKED:
                text = _paragraph(user) if user is not None else ""
                yield _link(_where(parts, part), text, kind)
    for part, data in parts.items():
        if part.endswith(".rels") or not any(word in data for word in (b"src", b"href", b"url(")):
            continue
        yield from _addresses(part, data, _where(parts, part))


_FOREIGN_TEXT = "aFChunk"
"""A file of another kind that Word reads into the text: a web page fetches its pictures."""

_OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CLICKED = (
    w("hyperlink"),
    *(f"{_DRAWING}{name}" for name in ("hlinkClick", "hlinkHover", "hlinkMouseOver")),
)
_VML = "{urn:schemas-microsoft-com:vml}"
_OFFICE_HREF = "{urn:schemas-microsoft-com:office:office}href"
_SVG = "{http://www.w3.org/2000/svg}"


def _leads_outside(relation: Mapping[str, str]) -> bool:
    """Whether a relationship is one to something outside of the file, by its mode or its address."""
    outside = relation.get("TargetMode", "").strip().lower() == "external"
    return outside or _OUTSIDE.match(relation.get("Target", "")) is not None


def _addresses(part: str, data: bytes, where: str) -> Iterator[Problem]:
    """Pictures by their address: VML's in any part, those within a picture of the kind SVG."""
    if not part.endswith((".xml", ".svg")) and not data.lstrip().startswith((b"<?xml", b"<svg")):
        return
    try:
        root = package.parse(data, part)
    except etree.XMLSyntaxError:
        return  # reported elsewhere, where it matters
    for element in root.iter():
        tag = str(element.tag)
        if tag.startswith(_VML) and (
            element.get("src") or _OUTSIDE.match(element.get(_OFFICE_HREF, ""))
        ):
            yield _link(where, _paragraph(element), "image")
        elif tag.startswith(_SVG) and _draws_from_outside(element):
            yield _link(where, "", "image")


def _draws_from_outside(element: etree._Element) -> bool:
    """Whether an element of an SVG is, or is styled by, something outside of it."""
    styles = str(element.text or "") if element.tag == _SVG + "style" else ""
    outside = re.search(r"@import|url\(\s*[\"']?(?!#|data:)", styles) is not None
    items = element.attrib.items()
    return outside or any(_fetches(str(name), str(value)) for name, value in items)


def _fetches(name: str, value: str) -> bool:
    """Whether an attribute of an SVG names something outside of it."""
    if name.rpartition("}")[2] == "href":
        return not re.match(r"\s*(?:#|data:|$)", value)
    return re.search(r"url\(\s*[\"']?(?!#|data:)", value) is not None


def _where(parts: Mapping[str, bytes], part: str) -> str:
    kind = package.content_types(parts).get(part, "")
    return next((v for k, v in LABELS.items() if kind.endswith(f".{k}+xml")), "文書の設定")


def _user(parts: Mapping[str, bytes], part: str, identifier: str) -> etree._Element | None:
    """The element that uses a relationship; of several one that does more than wait for a click."""
    if part not in parts:
        return None
    users = [
        element
        for element in package.parse(parts[part]).iter()
        if isinstance(element.tag, str)
        and identifier
        in (value for key, value in element.attrib.items() if str(key).startswith(f"{{{R}}}"))
    ]
    return min(users, key=lambda element: element.tag in _CLICKED, default=None)


def _link(where: str, paragraph: str, kind: str) -> Problem:
    what = "リンクされた画像" if kind == "image" else "ほかのファイルの読み込み"
    return Problem(
        "error",
        where,
        paragraph,
        f"{what}があり、開くたびに外から取り込みます。",
        "画像は文書の中に挿入し、ほかのファイルの内容は文書の中に書いてください。",
    )
