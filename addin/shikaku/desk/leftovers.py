"""Where digits that were erased can still be read: in every part of a workbook, in any spelling.

Looked through are the text of XML parts (tags left out, so that a number spread over formatted
pieces is seen), other parts as bytes and as UTF-16, and the files embedded in them. What can't be
unpacked is named, so that nobody takes it for clean.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from shikaku.fields import stray_number
from shikaku.ooxml.package import MAX_PART
from shikaku.ooxml.zip_entries import Archive, BadArchive
from shikaku.system.masking import bare

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
_TAG = re.compile("<[^<>]*>")
_ZIP = b"PK\3\4"


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
        elif part.startswith(_ZIP) and depth < _DEEPEST:
            yield from _in_archive(part, wanted, place, depth + 1)
        elif any(stray_number.spells(text, wanted) for text in _texts(part)):
            yield Leftover(place, _kind(name), True)


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
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return None
    return found if len(found) <= MAX_PART else None


def _texts(part: bytes) -> Iterator[str]:
    """What may be read in a part: its bytes as text, of XML without its tags."""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")) or part[:2] in (b"<\0", b"\0<"):
        start = "utf-16-be" if part[:1] in (b"\0", b"\xfe") else "utf-16-le"
        text = part.decode(start, "replace")
    else:
        text = part.decode("utf-8", "replace")
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        yield html.unescape(_TAG.sub("", text))
        yield html.unescape(text)
        return
    yield part.decode("latin-1")
    for at in (0, 1):  # texts in old office files: two bytes a character
        yield part[at:].decode("utf-16-le", "replace")


def _kind(name: str) -> str:
    return next((word for key, word in _KINDS.items() if key in name), "")
