"""Where digits that were erased can still be read: in every part of a workbook, in any spelling.

Looked through are the text of XML parts (by a parser and without the tags, so that a number spread
over formatted pieces or CDATA is seen), other parts as bytes and as UTF-16, and the files embedded
in them: packages, the streams of old office files, packed pictures. What can't be unpacked is named,
so that nobody takes it for clean.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

from shikaku.fields import stray_number
from shikaku.ooxml.package import MAX_PART
from shikaku.ooxml.zip_entries import Archive, BadArchive
from shikaku.system.masking import bare
from shikaku.system.reading import UNREADABLE_ENTRY

_KINDS = {
    "comments": "コメント",
    "threadedComments": "コメント",
    "drawings": "図形・テキストボックス",
    "charts": "グラフの控え",
    "pivotCache": "ピボットテーブルの控え",
    "pivotTables": "ピボットテーブル",
    "embeddings": "埋め込まれたファイル",
    "worksheets": "シート",
    "sharedStrings": "セルの文字",
    "docProps": "文書のプロパティ",
    "externalLinks": "ほかのブックの控え",
    "customXml": "付加された情報",
    "media": "画像",
}
_DEEPEST = 4
_TAG = re.compile(b"<[^<>]*>")
_XML = re.compile(b"(?:\xef\xbb\xbf|[ \t\r\n])*<")
_ZIP, _OLE, _GZIP, _PDF = b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08", b"%PDF-"
_CELLS = ("si", "c")
_END = re.compile(rb"</(?:[\w.-]+:)?(?:%s)\s*>" % "|".join(_CELLS).encode())
"""Where the text of a cell ends: what stands in the next one goes on with no number of this one."""
_APART = "\0"
_PARSED = 24 << 20
"""Bytes: larger parts are sheets and their texts, which are read by a pattern where they hold
nothing that only a parser understands."""
_AT_ONCE = 4 << 20
"""Bytes of XML that are looked at together: a filled sheet has a hundred million."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A part of the file. place: its name, of an embedded one behind those of the files around it;
    kind: what it is to a user, "" where that has no word; readable: False where it could not be
    looked into, True where the digits stand in it."""

    place: str
    kind: str
    readable: bool

    def sentence(self) -> str:
        """For people."""
        named = f"{self.kind}({self.place})" if self.kind else self.place
        if self.readable:
            return (
                f"ブックの内部の「{named}」に、消去した番号と同じ数字が残っています。"
                "Excelで開いて消してください。"
            )
        return (
            f"ブックの内部の「{named}」は読めないため、消去した番号が残っていないか"
            "確かめていません。要らないものなら、Excelで消してください。"
        )


def leftovers(data: bytes, wanted: set[str]) -> list[Leftover]:
    """The parts of a zip file in which one of the digits stands, and those that can't be read.

    wanted: digits in half width. Never raises for what a file holds.
    """
    return list(_in_archive(data, wanted, "", 1)) if wanted else []


def _in_archive(data: bytes, wanted: set[str], outer: str, depth: int) -> Iterator[Leftover]:
    try:
        archive = Archive(data)
    except BadArchive:
        yield Leftover(outer, _kind(outer), False)
        return
    for name in archive.infos:
        place = f"{outer} ＞ {bare(name)}" if outer else bare(name)
        if stray_number.spells(name, wanted):
            yield Leftover(place, _kind(name), True)
            continue
        part = _unpacked(archive, name)
        if part is None:
            yield Leftover(place, _kind(name), False)
        else:
            yield from _in_part(part, wanted, place, depth)


def _in_part(part: bytes, wanted: set[str], place: str, depth: int) -> Iterator[Leftover]:
    kind = _kind(place.rpartition(" ＞ ")[2]) or _kind(place)
    if part.startswith(_GZIP):
        unpacked = _gunzipped(part)
        if unpacked is None:
            yield Leftover(place, kind, False)
            return
        part = unpacked
    nested = part.startswith((_ZIP, _OLE))
    if part.startswith(_PDF) or nested and depth >= _DEEPEST:
        yield Leftover(place, kind, False)
    elif part.startswith(_ZIP):
        yield from _in_archive(part, wanted, place, depth + 1)
    elif part.startswith(_OLE):
        yield from _in_old_file(part, wanted, place, depth + 1)
    elif any(stray_number.spells(text, wanted) for text in _texts(part)):
        yield Leftover(place, kind, True)


def _in_old_file(part: bytes, wanted: set[str], place: str, depth: int) -> Iterator[Leftover]:
    """In the streams of a compound file: what an embedded workbook or document often is."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(part)) as whole:
            for path in whole.listdir(streams=True):
                inner = f"{place} ＞ {bare('/'.join(path))}"
                if whole.get_size(path) > MAX_PART or path == ["EncryptedPackage"]:
                    yield Leftover(inner, _kind(place), False)
                    continue
                stream = whole.openstream(path).read()
                package = stream.find(_ZIP)
                if package >= 0:
                    yield from _in_archive(stream[package:], wanted, inner, depth)
                    stream = stream[:package]
                yield from _in_part(stream, wanted, inner, depth)
    except (
        OSError,
        ValueError,
        IndexError,
        RecursionError,
        MemoryError,
    ):  # what damaged ones raise
        yield Leftover(place, _kind(place), False)


def _gunzipped(part: bytes) -> bytes | None:
    """A packed picture (.emz, .wmz); None when it is damaged or far too large."""
    unpacker = zlib.decompressobj(31)
    try:
        found = unpacker.decompress(part, MAX_PART)
    except zlib.error:
        return None
    return found if unpacker.eof else None


def _unpacked(archive: Archive, name: str) -> bytes | None:
    """An entry's content, also of a kind of packing that no office program writes."""
    try:
        return archive.read(name, MAX_PART)
    except BadArchive as problem:
        if problem.problem in ("bomb", "large", "encrypted"):
            return None
    try:
        with zipfile.ZipFile(io.BytesIO(archive.data)) as whole, whole.open(name) as part:
            found = part.read(MAX_PART + 1)
    except UNREADABLE_ENTRY:
        return None
    return found if len(found) <= MAX_PART else None


def _texts(part: bytes) -> Iterator[str]:
    """What may be read in a part: its bytes as text, of XML without its tags."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or part[:2] in (b"<\0", b"\0<"):
        encoding = "utf-16-be" if part[:1] in (b"\0", b"\xfe") else "utf-16-le"
        part = part.decode(encoding, "replace").encode("utf-8", "replace")
    if start := _XML.match(part):
        for some in _some_cells(part):
            yield _distinct(_TAG.sub(b"", _END.sub(_APART.encode(), some)).split(_APART.encode()))
            yield _distinct(some.split(b"<"))
        if len(part) <= _PARSED or b"<!" in part:
            yield from _parsed(part[start.end() - 1 :])
        return
    yield part.decode("latin-1")
    for at in (0, 1):  # texts in old office files: two bytes a character
        yield part[at:].decode("utf-16-le", "replace")


def _some_cells(part: bytes) -> Iterator[bytes]:
    """A part of XML in pieces that end with a cell."""
    at = 0
    while at < len(part):
        end = _END.search(part, at + _AT_ONCE)
        yield part[at : (at := end.end() if end else len(part))]


def _distinct(texts: Iterable[bytes]) -> str:
    """Texts of which none goes on in another, each once: formulas stand in row after row."""
    return html.unescape(_APART.join(text.decode("utf-8", "replace") for text in set(texts)))


def _parsed(data: bytes) -> Iterator[str]:
    """What a parser finds in XML: its text as one, and each attribute; as far as it is well formed."""
    found: list[str] = []
    attributes: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.CharacterDataHandler = found.append
    parser.StartElementHandler = lambda _, items: attributes.extend(items[1::2])
    parser.EndElementHandler = lambda name: _end_of_cell(name, found)
    with suppress(expat.ExpatError):  # what comes before a fault is looked at
        parser.Parse(data.decode("utf-8", "replace").encode(), True)
    yield _APART.join(set("".join(found).split(_APART)))
    yield _APART.join(set(attributes))


def _end_of_cell(name: str, found: list[str]) -> None:
    if name.rpartition(":")[2] in _CELLS:
        found.append(_APART)


def _kind(name: str) -> str:
    return next((word for key, word in _KINDS.items() if key in name), "")
