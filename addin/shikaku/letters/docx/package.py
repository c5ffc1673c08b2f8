"""A Word file as its parts: read with limits, written byte for byte the same every time.

A template comes from a user's folder, so a file that is no Word file, carries macros, holds a
DTD or swells when unpacked is refused before any of it is looked at.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree

from shikaku.system.errors import TemplateError
from shikaku.system.reading import UNREADABLE_ENTRY

MAX_FILE = 20 << 20
MAX_TOTAL = 64 << 20
MAX_XML = 8 << 20
MAX_PARTS = 500

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def w(name: str) -> str:
    """The Word element or attribute ``w:name`` as lxml writes it."""
    return f"{{{W}}}{name}"


class PackedPart(NamedTuple):
    """One packed part, ready to be written: name, CRC-32, unpacked size, deflated bytes."""

    name: bytes
    crc: int
    size: int
    deflated: bytes


def read(data: bytes, name: str) -> dict[str, bytes]:
    """The parts of a .docx by name, in file order.

    name: shown in messages. Raises TemplateError for anything but a plain Word file within the
    limits (20 MB packed, 64 MB unpacked, 8 MB of XML a part, 500 parts).
    """
    if len(data) > MAX_FILE:
        raise _refused(name, "ファイルが大きすぎます(20MBまで)", "画像を小さくしてください。")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _refused(
            name,
            "パスワード付き、または古い形式(.doc)です",
            "パスワードを外し、Wordで「.docx」として保存し直してください。",
        )
    parts = _unpacked(data, name)
    if "[Content_Types].xml" not in parts:
        raise _refused(name, "Wordファイルではありません", _SAVE_AGAIN)
    types = content_types(parts, name)
    if any("macroEnabled" in t or "vbaProject" in t for t in types.values()):
        raise _refused(
            name, "マクロが入っています", "「Word文書(.docx)」として保存し直してください。"
        )
    if not any(t == _MAIN + "document.main+xml" for t in types.values()):
        raise _refused(name, "Word文書(.docx)ではありません", _SAVE_AGAIN)
    return parts


def _unpacked(data: bytes, name: str) -> dict[str, bytes]:
    """The entries of the zip file, each looked at before it is unpacked."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > MAX_TOTAL:
                raise _refused(name, "展開すると大きすぎます", "画像などを減らしてください。")
            if len({info.filename.lower() for info in infos}) < len(infos):
                raise _refused(name, _BROKEN, _SAVE_AGAIN)
            for info in infos:
                _check_entry(info, name)
                parts[info.filename] = archive.read(info)
    except UNREADABLE_ENTRY as error:
        raise _refused(name, "Wordファイルとして読めません", _SAVE_AGAIN) from error
    return parts


def _check_entry(info: zipfile.ZipInfo, name: str) -> None:
    """Raises TemplateError for a name that leads out of the file, a locked entry, too much XML."""
    odd = info.filename.startswith("/") or ".." in info.filename.split("/")
    if odd or info.flag_bits & 1:
        raise _refused(name, _BROKEN, _SAVE_AGAIN)
    if info.filename.endswith((".xml", ".rels")) and info.file_size > MAX_XML:
        raise _refused(name, "文書が大きすぎます", "ページ数や変更履歴を減らしてください。")


_BROKEN = "ファイルの中身が壊れています"
_SAVE_AGAIN = "Wordで開き、「.docx」として保存し直してください。"


def _refused(name: str, what: str, hint: str) -> TemplateError:
    return TemplateError(f"「{name}」は{what}。", hint)


def parse(xml: bytes | str, name: str = "") -> etree._Element:
    """An XML part, strictly: no repair, no DTD, no entity, no network.

    Raises TemplateError (name) for a DTD, lxml.etree.XMLSyntaxError for broken XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False,
        collect_ids=False,  # nobody looks an element up by its xml:id: a quarter of the time
    )  # fmt: skip
    root = etree.fromstring(xml, parser)
    info: Any = root.getroottree().docinfo  # the stubs know no doctype
    if info.doctype:
        raise _refused(name, "DTDを含んでいるため使えません", _SAVE_AGAIN)
    return root


def parent(element: etree._Element) -> etree._Element:
    """The element that holds this one. Raises ValueError for a part's root."""
    holder = element.getparent()
    if holder is None:
        raise ValueError("the root of a part is held by nothing")
    return holder


def drop(element: etree._Element) -> None:
    """Take an element out of its part."""
    parent(element).remove(element)


def body(root: etree._Element) -> etree._Element:
    """The body of a parsed document. Raises TemplateError for a document without one."""
    found = root.find(w("body"))
    if found is None:
        raise _refused("文書", "本文がありません", _SAVE_AGAIN)
    return found


def content_types(parts: Mapping[str, bytes], name: str = "") -> dict[str, str]:
    """Content type of each part (``word/document.xml`` → ``…document.main+xml``)."""
    by_ending, by_part = _types(parts["[Content_Types].xml"], name)
    return {
        part: by_part.get(part) or by_ending.get(part.rpartition(".")[2].lower(), "")
        for part in parts
    }


@lru_cache(maxsize=64)
def _types(xml: bytes, name: str) -> tuple[dict[str, str], dict[str, str]]:
    try:
        root = parse(xml, name)
    except etree.XMLSyntaxError as error:
        raise _refused(name, "ファイルの中身が壊れています", _SAVE_AGAIN) from error
    return (
        {
            e.get("Extension", "").lower(): e.get("ContentType", "")
            for e in root.iter(_CT + "Default")
        },
        {
            e.get("PartName", "").lstrip("/"): e.get("ContentType", "")
            for e in root.iter(_CT + "Override")
        },
    )


def of_type(parts: Mapping[str, bytes], *endings: str) -> list[str]:
    """The parts whose content type ends in ``ENDING+xml`` (``document.main``, ``header`` …)."""
    wanted = tuple(f".{e}+xml" for e in endings)
    return [part for part, kind in content_types(parts).items() if kind.endswith(wanted)]


def main_part(parts: Mapping[str, bytes]) -> str:
    """The part that holds the body, usually ``word/document.xml``."""
    return of_type(parts, "document.main")[0]


def rels_name(part: str) -> str:
    """Where a part's relationships are: ``word/_rels/document.xml.rels``."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def relationships(parts: Mapping[str, bytes], part: str) -> list[dict[str, str]]:
    """A part's relationships as ``{"Id", "Type", "Target", "TargetMode"}``, in file order."""
    xml = parts.get(rels_name(part))
    if not xml:
        return []
    return [
        {str(k): str(v) for k, v in e.attrib.items()}
        for e in parse(xml, part).iter(_REL + "Relationship")
    ]


def target(part: str, where: str) -> str:
    """The part that a relationship of ``part`` leads to. where: its Target.

    >>> target("word/document.xml", "media/image1.png"), target("word/document.xml", "/a/b.xml")
    ('word/media/image1.png', 'a/b.xml')
    """
    if where.startswith("/"):
        return where.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), where))


def entry(name: str, data: bytes, level: int = 6) -> PackedPart:
    """A part packed for ``write``."""
    pack = zlib.compressobj(level, zlib.DEFLATED, -15)
    return PackedPart(
        name.encode(), zlib.crc32(data), len(data), pack.compress(data) + pack.flush()
    )


def write(entries: Iterable[PackedPart]) -> bytes:
    """A .docx of these parts. The same parts give the same bytes: every date is 1980-01-01."""
    body, directory, count = bytearray(), bytearray(), 0
    for name, crc, size, deflated in entries:
        flags = 0 if name.isascii() else 0x800
        common = struct.pack(
            "<HHHHHIIIHH", 20, flags, 8, 0, 0x21, crc, len(deflated), size, len(name), 0
        )
        directory += struct.pack("<IH", 0x02014B50, 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += struct.pack("<I", 0x04034B50) + common + name + deflated
        count += 1
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def pack(
    parts: Mapping[str, bytes], level: int = 6, packed: Mapping[str, PackedPart] | None = None
) -> bytes:
    """``write`` for parts that are not packed yet, the content types first (OPC's habit). packed:
    those that are."""
    first = "[Content_Types].xml"
    names = [first, *(n for n in parts if n != first)]
    ready = packed or {}
    return write(ready.get(n) or entry(n, parts[n], level) for n in names)
