"""The file: what all letters of a layout share is written once, the rest for each letter.

The structure (PDF/UA-1: tagged, Japanese, titled) and, where asked for, the marks of PDF/A-2 (an
output intent, the archive's name in the metadata). The same letter gives the same bytes.
"""

import datetime as dt
import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shikaku.letters.pdf.writer import icc
from shikaku.letters.pdf.writer.metadata import info, packet, text_string
from shikaku.letters.pdf.writer.programs import FontProgram, stream

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOG, _PAGES, _INFO, _METADATA, _XREF, _SHARED = 1, 2, 3, 4, 5, 6
_FIRST = 7
_FONT_OBJECTS = 5


def _references(names: Mapping[bytes, int]) -> bytes:
    return b"".join(b"/%s %d 0 R" % (name, number) for name, number in sorted(names.items()))


@dataclass(slots=True)
class StructureNode:
    """A piece of the structure. marks: (page, MCID) of its own content; words: what stands for a
    Figure where it can't be seen; own: the name of the picture that each letter brings with words
    of its own."""

    role: str
    scope: str = ""
    words: str = ""
    marks: list[tuple[int, int]] = field(default_factory=list)
    kids: list["StructureNode"] = field(default_factory=list)
    own: bytes = b""


@dataclass(frozen=True, slots=True)
class PageForm:
    """A page without its content. box: its MediaBox as PDF writes it; start: the operators that
    its content begins with (a q that the content's end undoes)."""

    box: bytes
    start: bytes = b"q\n"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: the entries of its dictionary, its data as the dictionary says, its soft mask."""

    entries: bytes
    data: bytes = field(repr=False)
    mask: "Picture | None" = None


class SharedForm:
    """What the letters of one layout share: pages, structure, fonts of the fixed text.

    fonts: resource name → program, the same in all letters. own: resource names of the fonts that
    each letter brings. pictures: resource name → picture. archive: with the marks of PDF/A-2.
    own_pictures: resource names of the pictures that each letter brings.
    """

    def __init__(
        self,
        pages: Sequence[PageForm],
        root: StructureNode,
        fonts: dict[bytes, FontProgram],
        own: Sequence[bytes],
        pictures: Mapping[bytes, Picture],
        archive: bool,
        own_pictures: Sequence[bytes] = (),
    ):
        self.archive = archive
        self.starts = [page.start for page in pages]
        self._streams: dict[int, bytes] = {}
        self._plain: dict[int, bytes] = {}
        self._next = _FIRST
        places = [self._take() for _ in pages]
        self._contents = [self._take() for _ in pages]
        names = {}
        for name, program in fonts.items():
            names[name] = self._take(_FONT_OBJECTS)
            self._keep(names[name], program.objects(names[name]))
        self._own = {name: self._take(_FONT_OBJECTS) for name in own}
        names |= self._own
        images = {name: self._image(picture) for name, picture in pictures.items()}
        self._own_pictures = {name: self._take() for name in own_pictures}
        self._own_words: dict[bytes, tuple[int, bytes, bytes]] = {}
        images |= self._own_pictures
        resources = b"<</Font<<%s>>%s>>" % (
            _references(names), b"/XObject<<%s>>" % _references(images) if images else b"",
        )  # fmt: skip
        for at, (page, place) in enumerate(zip(pages, places, strict=True)):
            self._plain[place] = (
                b"<</Type/Page/Parent %d 0 R/MediaBox%s/Resources%s/Contents %d 0 R"
                b"/StructParents %d/Tabs/S>>"
                % (_PAGES, page.box, resources, self._contents[at], at)
            )
        kids = b" ".join(b"%d 0 R" % p for p in places)
        self._plain[_PAGES] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages))
        tree = self._structure(root, places)
        self._plain[_CATALOG] = (
            b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang(ja-JP)/MarkInfo<</Marked true>>"
            b"/StructTreeRoot %d 0 R/ViewerPreferences<</DisplayDocTitle true>>%s>>"
            % (_PAGES, _METADATA, tree, self._intent() if archive else b"")
        )
        self._seal()

    def _take(self, count: int = 1) -> int:
        first = self._next
        self._next += count
        return first

    def _keep(self, first: int, objects: Sequence[bytes]) -> None:
        for number, data in enumerate(objects, start=first):
            (self._streams if data.endswith(b"endstream") else self._plain)[number] = data

    def _image(self, picture: Picture) -> int:
        number = self._take()
        mask = b"/SMask %d 0 R" % self._image(picture.mask) if picture.mask else b""
        self._streams[number] = _image(picture, mask)
        return number

    def _intent(self) -> bytes:
        number = self._take()
        self._streams[number] = stream(icc.PROFILE, b"/N 3")
        return icc.intent(number)

    def _structure(self, root: StructureNode, places: Sequence[int]) -> int:
        """The structure tree; the number of its root."""
        top = self._take()
        owners: list[dict[int, int]] = [{} for _ in places]
        first = self._element(root, top, places, owners)
        numbers = b"".join(
            b"%d[%s]" % (at, b" ".join(b"%d 0 R" % marks[m] for m in sorted(marks)))
            for at, marks in enumerate(owners)
        )
        self._plain[top] = (
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%s]>>/ParentTreeNextKey %d>>"
            % (first, numbers, len(places))
        )
        return top

    def _element(
        self, node: StructureNode, parent: int, places: Sequence[int], owners: list[dict[int, int]]
    ) -> int:
        number = self._take()
        kids = []
        for page, mark in node.marks:
            owners[page][mark] = number
            kids.append(b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (places[page], mark))
        for kid in node.kids:
            kids.append(b"%d 0 R" % self._element(kid, number, places, owners))
        scope = b"/A<</O/Table/Scope/%s>>" % node.scope.encode() if node.scope else b""
        start = b"<</Type/StructElem/S/%s/P %d 0 R%s" % (node.role.encode(), parent, scope)
        end = b"/K[%s]>>" % b" ".join(kids)
        if node.own:
            self._own_words[node.own] = number, start, end
        else:
            words = b"/Alt" + text_string(node.words) if node.words else b""
            self._plain[number] = start + words + end
        return number

    def _seal(self) -> None:
        """Put the shared objects where each file has them."""
        out, self._offsets = bytearray(_HEADER), {}
        for number, data in sorted(self._streams.items()):
            self._offsets[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
        index, bodies, at = [], [], 0
        self._inside = {}
        for place, (number, data) in enumerate(sorted(self._plain.items())):
            self._inside[number] = place
            index.append(b"%d %d" % (number, at))
            bodies.append(data)
            at += len(data) + 1
        head = b" ".join(index) + b"\n"
        self._offsets[_SHARED] = len(out)
        shared = stream(
            head + b"\n".join(bodies), b"/Type/ObjStm/N %d/First %d" % (len(bodies), len(head)), 9
        )
        out += b"%d 0 obj\n%s\nendobj\n" % (_SHARED, shared)
        self._start = bytes(out)
        self._entries = {
            **{n: struct.pack(">BIH", 1, offset, 0) for n, offset in self._offsets.items()},
            **{n: struct.pack(">BIH", 2, _SHARED, place) for n, place in self._inside.items()},
            0: struct.pack(">BIH", 0, 0, 65535),
        }

    def write(
        self,
        contents: Sequence[bytes],
        own: dict[bytes, FontProgram],
        title: str,
        day: dt.date | None,
        pictures: Sequence[tuple[str, Picture]] = (),
    ) -> bytes:
        """A letter's file. contents: of its pages; own: its fonts by resource name; pictures: its own
        ones in the order of their names, each with its words."""
        objects: list[tuple[int, bytes]] = [
            (_INFO, info(title, day)),
            (_METADATA, packet(title, day, tagged=True, archive=self.archive)),
        ]
        for number, data in zip(self._contents, contents, strict=True):
            objects.append((number, stream(data, level=4)))
        for name, first in self._own.items():
            objects += enumerate(own[name].objects(first), start=first)
        for (name, number), (words, picture) in zip(
            self._own_pictures.items(), pictures, strict=True
        ):
            objects.append((number, _image(picture)))
            if name in self._own_words:
                place, start, end = self._own_words[name]
                objects.append((place, b"%s/Alt%s%s" % (start, text_string(words), end)))
        parts, entries = [self._start], dict(self._entries)
        at = len(self._start)
        for number, data in objects:
            part = b"%d 0 obj\n%s\nendobj\n" % (number, data)
            entries[number] = struct.pack(">BIH", 1, at, 0)
            parts.append(part)
            at += len(part)
        digest = hashlib.sha256(b"".join(data for _, data in objects))
        digest.update(self._start)
        name = digest.hexdigest()[:32].encode()
        entries[_XREF] = struct.pack(">BIH", 1, at, 0)
        size = max(entries) + 1
        free = struct.pack(">BIH", 0, 0, 0)
        table = b"".join(entries.get(n, free) for n in range(size))
        packed = zlib.compress(table)
        parts.append(
            b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]"
            b"/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
            % (_XREF, size, _CATALOG, _INFO, name, name, len(packed), packed, at)
        )
        return b"".join(parts)


def _image(picture: Picture, mask: bytes = b"") -> bytes:
    return b"<</Length %d%s%s>>\nstream\n%s\nendstream" % (
        len(picture.data), picture.entries, mask, picture.data,
    )  # fmt: skip
