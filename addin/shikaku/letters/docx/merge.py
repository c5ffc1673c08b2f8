"""Letters of one template in one Word file: an employer's file, or LibreOffice's batch.

Each letter stays what it is alone: its own section with its own header and footer, page numbers
from 1, lists from 1. A bookmark stands at its start.
"""

import copy
import re
import zlib
from collections.abc import Iterable, Sequence

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.barcode import QrCodes
from shikaku.letters.docx.package import R, w
from shikaku.system.errors import TemplateError

_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_HEADINGS = (w("headerReference"), w("footerReference"))
_NOTES = (w("footnoteReference"), w("endnoteReference"), w("commentReference"))
#: The order that the schema wants in sectPr before pgSz.
_BEFORE_TYPE = (*_HEADINGS, w("footnotePr"), w("endnotePr"))
_BEFORE_NUMBERS = (
    *_BEFORE_TYPE, w("type"), w("pgSz"), w("pgMar"), w("paperSrc"), w("pgBorders"), w("lnNumType")
)  # fmt: skip


def bookmark(number: int) -> str:
    """The bookmark at the start of the letter with that number (from 0)."""
    return f"letter{number:06d}"


_BODY = re.compile(rb"<(?:\w+:)?body(?:\s[^>]*)?>")
_BODY_END = re.compile(rb"</(?:\w+:)?body>\s*</")


def join(letters: Iterable[bytes], title: str) -> bytes:
    """One .docx of many; numbers in the style 「バーコード」 become QR codes.

    letters: files made from the same template, in order, taken one by one. Raises TemplateError for
    letters of different templates, and for a template with footnotes or comments, whose numbers
    would run on from letter to letter.
    """
    rest = iter(letters)
    parts = package.read(next(rest), "通知書")
    joint = _Joint(parts)
    for letter in rest:
        joint.add(parts, last=False)
        parts = package.read(letter, "通知書")
    joint.add(parts, last=True)
    return joint.pack(title)


class _Joint:
    """A document that grows by a letter at a time, packed as it comes."""

    def __init__(self, first: dict[str, bytes]):
        self.parts = dict(first)
        self.main = package.main_part(first)
        self.rels = package.parse(first[package.rels_name(self.main)])
        self.types = package.parse(first["[Content_Types].xml"])
        live = package.of_type(first, "header", "footer", "core-properties")
        self.fixed = {n: d for n, d in first.items() if n not in (*live, self.main)}
        self.headings: dict[tuple[bytes, bytes], str] = {}
        numbering = package.of_type(first, "numbering")
        self.numbering_part = numbering[0] if numbering else ""
        self.numbering = package.parse(first[numbering[0]]) if numbering else None
        styles = package.of_type(first, "styles")
        self.listed = _listed(package.parse(first[styles[0]])) if styles else {}
        self.codes = QrCodes()
        self.pictures = self.count = self.size = self.crc = 0
        self.start = b""
        self._packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        self._packed: list[bytes] = []

    def add(self, parts: dict[str, bytes], last: bool) -> None:
        """Append one letter."""
        if any(parts.get(n) != d for n, d in self.fixed.items()):
            raise _of_another_template()
        number, root = self.count, package.parse(parts[self.main])
        body = package.body(root)
        if next(body.iter(*_NOTES), None) is not None:
            raise TemplateError(
                "脚注・文末脚注・コメントのあるひな形は、1つのファイルにまとめられません。",
                "脚注を本文に書くか、1人1通で作成してください。",
            )
        final = body.find(w("sectPr"))
        final = etree.Element(w("sectPr")) if final is None else final
        sections = [*body.iterfind(f".//{w('pPr')}/{w('sectPr')}"), final]
        for section in sections:
            self._headings(section, parts, single=len(sections) == 1)
        _start(sections[0], first=number == 0)
        if final.getparent() is not None:
            body.remove(final)
        self.codes.put(body)
        self._unique(body, number)
        if len(sections) == 1:
            _section_totals(body)
        blocks = list(body)
        _mark(blocks, number)
        if last:
            blocks.append(final)
        else:
            _close(blocks, final)
        body[:] = blocks
        self._write(_xml(root), last)
        self.count += 1

    def _write(self, xml: bytes, last: bool) -> None:
        """Pack a letter's part of the body."""
        start = _BODY.search(xml)
        end = _BODY_END.search(xml, start.end()) if start else None
        if start is None or end is None:
            raise _of_another_template()
        head = xml[: start.end()]
        if self.count == 0:
            self.start = head
        elif head != self.start:  # other name spaces
            raise _of_another_template()
        data = xml[0 if self.count == 0 else start.end() : None if last else end.start()]
        self.crc, self.size = zlib.crc32(data, self.crc), self.size + len(data)
        self._packed.append(self._packer.compress(data))

    def pack(self, title: str) -> bytes:
        """The finished file."""
        self.parts[package.rels_name(self.main)] = _xml(self.rels)
        self.parts["[Content_Types].xml"] = _xml(self.types)
        if self.numbering is not None:
            self.parts[self.numbering_part] = _xml(self.numbering)
        for part in package.of_type(self.parts, "core-properties"):
            core = package.parse(self.parts[part])
            for element in core.iter(_DC + "title"):
                element.text = title
            self.parts[part] = _xml(core)
        self.codes.into(self.parts, self.main)
        self._packed.append(self._packer.flush())
        body = package.PackedPart(self.main.encode(), self.crc, self.size, b"".join(self._packed))
        return package.pack(self.parts, packed={self.main: body})

    def _headings(self, section: etree._Element, parts: dict[str, bytes], single: bool) -> None:
        """Give a section its letter's headers and footers, as parts of the joint file."""
        targets = {r["Id"]: r for r in package.relationships(parts, self.main)}
        for reference in section.iter(*_HEADINGS):
            relation = targets[reference.get(f"{{{R}}}id", "")]
            folder = self.main.rpartition("/")[0]
            part = f"{folder}/{relation['Target']}".lstrip("/")
            if relation["Target"].startswith("/"):
                part = relation["Target"].lstrip("/")
            xml = parts[part]
            if single:
                root = package.parse(xml)
                if _section_totals(root):
                    xml = _xml(root)
            key = (xml, parts.get(package.rels_name(part), b""))
            if key not in self.headings:
                self.headings[key] = self._new_heading(key, relation["Type"], folder)
            reference.set(f"{{{R}}}id", self.headings[key])

    def _new_heading(self, key: tuple[bytes, bytes], kind: str, folder: str) -> str:
        word = kind.rpartition("/")[2]
        number = len(self.headings) + 1
        part = f"{folder}/{word}Letter{number}.xml"
        identifier = f"rIdLetter{number}"
        self.parts[part] = key[0]
        if key[1]:
            self.parts[package.rels_name(part)] = key[1]
        etree.SubElement(
            self.rels,
            _REL + "Relationship",
            Id=identifier,
            Type=kind,
            Target=part.rpartition("/")[2],
        )
        etree.SubElement(
            self.types,
            _CT + "Override",
            PartName="/" + part,
            ContentType=f"application/vnd.openxmlformats-officedocument.wordprocessingml.{word}+xml",
        )
        return identifier

    def _unique(self, body: etree._Element, number: int) -> None:
        """What may occur once a file: picture ids, bookmarks, paragraph ids; lists start anew."""
        for picture in body.iter(f"{{{_WP}}}docPr"):
            self.pictures += 1
            picture.set("id", str(self.pictures))
        for mark in list(body.iter(w("bookmarkStart"), w("bookmarkEnd"))):
            package.drop(mark)
        for element in body.iter(w("p"), w("tr")):
            for name in ("paraId", "textId"):
                element.attrib.pop(f"{{{_W14}}}{name}", "")
        for identifier in list(body.iterfind(f".//{w('sdtPr')}/{w('id')}")):
            package.drop(identifier)
        if number and self.numbering is not None:
            self._restart(body)

    def _restart(self, body: etree._Element) -> None:
        fresh: dict[str, str] = {}
        for paragraph in body.iter(w("p")):
            used = paragraph.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")
            if used is None:
                style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
                listed = self.listed.get(style.get(w("val"), "")) if style is not None else None
                if style is None or listed is None:
                    continue
                holder = etree.Element(w("numPr"))
                style.addnext(holder)
                etree.SubElement(holder, w("ilvl")).set(w("val"), listed[1])
                used = etree.SubElement(holder, w("numId"))
                used.set(w("val"), listed[0])
            old = used.get(w("val"), "0")
            if old != "0":
                if old not in fresh:
                    fresh[old] = self._new_list(old)
                used.set(w("val"), fresh[old])

    def _new_list(self, old: str) -> str:
        """A copy of a list whose levels start again."""
        if self.numbering is None:
            return old
        nums = self.numbering.findall(w("num"))
        source = next((n for n in nums if n.get(w("numId")) == old), None)
        if source is None:
            return old
        new = copy.deepcopy(source)
        identifier = str(max(int(n.get(w("numId"), "0")) for n in nums) + 1)
        new.set(w("numId"), identifier)
        link = new.find(w("abstractNumId"))
        abstract = None if link is None else link.get(w("val"))
        overridden = {o.get(w("ilvl")) for o in new.iterfind(w("lvlOverride"))}
        for one in self.numbering.iterfind(w("abstractNum")):
            if one.get(w("abstractNumId")) != abstract:
                continue
            for level in one.iterfind(w("lvl")):
                start = level.find(w("start"))
                if level.get(w("ilvl")) not in overridden and start is not None:
                    override = etree.SubElement(new, w("lvlOverride"))
                    override.set(w("ilvl"), level.get(w("ilvl"), "0"))
                    again = etree.SubElement(override, w("startOverride"))
                    again.set(w("val"), start.get(w("val"), "1"))
        nums[-1].addnext(new)
        return identifier


def _of_another_template() -> TemplateError:
    return TemplateError(
        "ひな形の違う通知書は1つのファイルにまとめられません。",
        "種類ごとに作成してください。",
    )


def _listed(styles: etree._Element) -> dict[str, tuple[str, str]]:
    """Paragraph styles that are lists: style → (list, level)."""
    found = {}
    for style in styles.iter(w("style")):
        number = style.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}")
        if number is not None:
            level = style.find(f"{w('pPr')}/{w('numPr')}/{w('ilvl')}")
            found[style.get(w("styleId"), "")] = (
                number.get(w("val"), "0"),
                "0" if level is None else level.get(w("val"), "0"),
            )
    return found


def _insert(section: etree._Element, name: str, before: Sequence[str]) -> etree._Element:
    element = section.find(w(name))
    if element is None:
        element = etree.Element(w(name))
        at = sum(1 for child in section if child.tag in before)
        section.insert(at, element)
    return element


def _start(section: etree._Element, first: bool) -> None:
    """A letter begins on a new page that is number 1."""
    if not first or section.find(w("type")) is not None:
        kind = _insert(section, "type", _BEFORE_TYPE)
        if kind.get(w("val")) in (None, "continuous", "nextColumn"):
            kind.set(w("val"), "nextPage")
    _insert(section, "pgNumType", _BEFORE_NUMBERS).set(w("start"), "1")


def _section_totals(root: etree._Element) -> bool:
    """「全Nページ」 means the letter's pages. True when there is such a field."""
    found = False
    for code in root.iter(w("instrText")):
        if code.text and code.text.split()[:1] == ["NUMPAGES"]:
            code.text = code.text.replace("NUMPAGES", "SECTIONPAGES")
            found = True
    for simple in root.iter(w("fldSimple")):
        instruction = simple.get(w("instr"), "")
        if instruction.split()[:1] == ["NUMPAGES"]:
            simple.set(w("instr"), instruction.replace("NUMPAGES", "SECTIONPAGES"))
            found = True
    return found


def _mark(blocks: list[etree._Element], number: int) -> None:
    """A bookmark in the first paragraph, also when that stands in a table."""
    first = next((p for b in blocks for p in b.iter(w("p"))), None)
    if first is None:
        first = etree.Element(w("p"))
        blocks.append(first)
    at = 1 if first.find(w("pPr")) is not None else 0
    for name in ("bookmarkEnd", "bookmarkStart"):
        mark = etree.Element(w(name))
        mark.set(w("id"), str(900_000 + number))
        if name == "bookmarkStart":
            mark.set(w("name"), bookmark(number))
        first.insert(at, mark)


def _close(blocks: list[etree._Element], section: etree._Element) -> None:
    """Put a letter's section into its last paragraph, or into a tiny one behind a table."""
    last = blocks[-1]
    if last.tag != w("p") or last.find(f"{w('pPr')}/{w('sectPr')}") is not None:
        last = package.parse(
            f'<w:p xmlns:w="{package.W}"><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" '
            'w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
        )
        blocks.append(last)
    properties = last.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        last.insert(0, properties)
    change = properties.find(w("pPrChange"))
    if change is None:
        properties.append(section)
    else:
        change.addprevious(section)


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
