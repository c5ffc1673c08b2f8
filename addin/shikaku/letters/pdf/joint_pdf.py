"""Many letters in one PDF that is written while they come: a letter's pages, fonts and structure go
out, and nothing of it stays in memory but numbers.

Equal fonts and pictures are written once; what is left of a face's fonts shares one program. Each
letter's structure becomes a part of the book's, also where its pages stand on another sheet.
"""

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import pikepdf

from shikaku.letters.fonts.sharing import SharedFaces, take_apart
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.source_file import SourceFile
from shikaku.letters.pdf.writer import icc
from shikaku.letters.pdf.writer.metadata import info, packet, text_string
from shikaku.letters.pdf.writer.object_file import ObjectFile
from shikaku.letters.pdf.writer.programs import FontProgram, stream

_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>|(/MCID \d+ /Pg |/Pg )?(\d+) (\d+) R\b", re.DOTALL
)
_REFERENCE = re.compile(rb"\d \d+ R\b")
_ELSEWHERE = ("/Page", "/Pages", "/Catalog", "/StructTreeRoot")
_OWN_ENTRIES = (
    "/Type", "/Parent", "/StructParents", "/Tabs", "/Resources", "/Contents", "/MediaBox", "/B",
    "/Thumb",
)  # fmt: skip
_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline. page: number of the page's object."""

    title: str
    page: int
    kids: tuple["Bookmark", ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over a page. fonts: resource name → number of the font's object."""

    content: bytes
    fonts: Mapping[str, int]


@dataclass(slots=True)
class _Incoming:
    """A letter on its way into the book. numbers: object of the source → object of the book; pages:
    the source's pages by their keys → the book's, and the form that one stands in."""

    source: SourceFile
    numbers: dict[_Key, int] = field(default_factory=dict)
    pages: dict[_Key, tuple[int, int | None]] = field(default_factory=dict)
    queue: deque[_Key] = field(default_factory=deque)


class JointPdf:
    """A PDF on its way. out: where its bytes go, as they come."""

    def __init__(self, out: BinaryIO):
        self._file = ObjectFile(out)
        take = self._file.take
        self._catalog, self._tree, self._pages, self._info = take(), take(), take(), take()
        self._top, self._metadata = take(), take()
        self._kids: list[int] = []
        self._parts: list[int] = []
        self._parents: list[int] = []
        self._roles: dict[str, str] = {}
        self._faces = SharedFaces()
        self._known: dict[bytes, int] = {}
        self._tagged = self._own_hand = True

    @property
    def count(self) -> int:
        """The pages so far."""
        return len(self._kids)

    def take(self) -> int:
        """A number for an object that is still to come."""
        return self._file.take()

    def fonts(self, programs: Mapping[str, FontProgram]) -> dict[str, int]:
        """Embed fonts; resource name → object."""
        found = {}
        for name, program in programs.items():
            found[name] = self._file.take(5)
            self._file.put_all(found[name], program.objects(found[name]))
        return found

    def add(
        self,
        source: SourceFile,
        first: int,
        count: int,
        title: str,
        overlays: Sequence[Overlay | None] = (),
    ) -> list[int]:
        """Put a letter's pages at the end; their objects. first: its page in the source, from 0.
        overlays: what is drawn over each of them."""
        letter = _Incoming(source)
        wanted = range(first, first + count)
        numbers = [self.take() for _ in wanted]
        for at, number in zip(wanted, numbers, strict=True):
            letter.pages[source.pages[at].obj.objgen] = number, None
        self._structure(letter, source.parts(first, count), title)
        for at, number, over in zip(wanted, numbers, overlays or [None] * count, strict=True):
            self._page(letter, at, number, over)
        return numbers

    def add_forms(
        self, source: SourceFile, first: int, count: int, title: str, sheets: Sequence[int]
    ) -> list[int]:
        """Make a letter's pages forms, to be drawn on sheets; their objects. sheets: the page's
        object on which each will stand, and no form twice."""
        letter = _Incoming(source)
        wanted = range(first, first + count)
        forms = [self.take() for _ in wanted]
        for at, sheet, form in zip(wanted, sheets, forms, strict=True):
            letter.pages[source.pages[at].obj.objgen] = sheet, form
        self._structure(letter, source.parts(first, count), title)
        for at, form in zip(wanted, forms, strict=True):
            box, resources = self._box(letter, at), self._resources(letter, at)
            entries = b"/Type/XObject/Subtype/Form/BBox%s/Resources<<%s>>%s" % (
                box, _joined(resources), self._parent_key(letter, at),
            )  # fmt: skip
            self._file.put(form, stream(_content(source, at), entries))
        return forms

    def draw(
        self, size: tuple[float, float], content: bytes, resources: bytes = b"", number: int = 0
    ) -> int:
        """Put a page of ours at the end; its object. size: points; number: it has one already."""
        number = number or self.take()
        body = self._file.add(stream(content))
        self._file.put(
            number,
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.3f %.3f]/Resources<<%s>>/Contents %d 0 R"
            b"/StructParents %d/Tabs/S>>"
            % (self._pages, *size, resources, body, self._parent(self._file.add(b"[]"))),
        )
        self._kids.append(number)
        return number

    def end(self, title: str, how: Finish, outline: Sequence[Bookmark]) -> None:
        """Write what holds the pages together."""
        put, add = self._file.put, self._file.add
        for program in self._faces:
            data = program.data()
            put(program.file, stream(data, b"/Length1 %d" % len(data)))
        whole = self._tagged and bool(self._parts)
        extra = b"/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R" % self._tree if whole else b""
        if whole:
            self._close_structure()
        if how.archive:
            extra += icc.intent(add(stream(icc.PROFILE, b"/N 3")))
        put(
            self._metadata,
            packet(title, how.day, tagged=whole and self._own_hand, archive=how.archive),
        )
        put(self._info, info(title, how.day))
        put(self._pages, b"<</Type/Pages/Kids[%s]/Count %d>>" % (_listed(self._kids), self.count))
        if outline:
            extra += b"/PageMode/UseOutlines/Outlines %d 0 R" % self._outline(outline)
        put(
            self._catalog,
            b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang(ja-JP)"
            b"/ViewerPreferences<</DisplayDocTitle true>>%s>>"
            % (self._pages, self._metadata, extra),
        )
        self._file.end(self._catalog, self._info)

    def _close_structure(self) -> None:
        put = self._file.put
        put(
            self._top,
            b"<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>" % (self._tree, _listed(self._parts)),
        )
        numbers = b"".join(b"%d %d 0 R " % pair for pair in enumerate(self._parents))
        roles = b"".join(b"%s %s" % (k.encode(), v.encode()) for k, v in self._roles.items())
        put(
            self._tree,
            b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%s]>>/ParentTreeNextKey %d%s>>"
            % (
                self._top,
                numbers,
                len(self._parents),
                b"/RoleMap<<%s>>" % roles if roles else b"",
            ),
        )

    def _outline(self, entries: Sequence[Bookmark]) -> int:
        root = self.take()
        first, last = self._entries(entries, root)
        self._file.put(
            root,
            b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, len(entries)),
        )
        return root

    def _entries(self, entries: Sequence[Bookmark], parent: int) -> tuple[int, int]:
        """Write bookmarks that stand beside each other; the first and the last one's object."""
        first = self._file.take(len(entries))
        for at, entry in enumerate(entries, start=first):
            extra = b"/Prev %d 0 R" % (at - 1) if at > first else b""
            if at < first + len(entries) - 1:
                extra += b"/Next %d 0 R" % (at + 1)
            if entry.kids:  # closed: a negative count
                kids = self._entries(entry.kids, at)
                extra += b"/First %d 0 R/Last %d 0 R/Count %d" % (*kids, -len(entry.kids))
            self._file.put(
                at,
                b"<</Title%s/Parent %d 0 R/Dest[%d 0 R/Fit]%s>>"
                % (text_string(entry.title), parent, entry.page, extra),
            )
        return first, first + len(entries) - 1

    # A letter's pages

    def _page(self, letter: _Incoming, at: int, number: int, over: Overlay | None) -> None:
        source = letter.source
        resources = self._resources(letter, at)
        contents = self._contents(letter, at)
        if over is not None:
            before, behind = stream(b"q\n"), stream(b"\nQ\n" + over.content)
            contents = [self._file.add(before), *contents, self._file.add(behind)]
            named = b"".join(b"/%s %d 0 R" % (n.encode(), f) for n, f in over.fonts.items())
            resources[b"/Font"] = b"<<%s%s>>" % (resources.get(b"/Font", b"<<>>")[2:-2], named)
        others = b"".join(
            name.encode() + b" " + self._copied(letter, _written(value))
            for name, value in source.pages[at].obj.items()
            if name not in _OWN_ENTRIES
        )
        for name in ("/CropBox", "/Rotate"):
            inherited = source.entry(at, name)
            if inherited is not None and name not in source.pages[at].obj:
                others += name.encode() + b" " + self._copied(letter, _written(inherited))
        self._finish(letter)
        self._file.put(
            number,
            b"<</Type/Page/Parent %d 0 R/MediaBox%s/Resources<<%s>>/Contents[%s]%s%s>>"
            % (
                self._pages,
                self._box(letter, at),
                _joined(resources),
                _listed(contents),
                self._parent_key(letter, at) + b"/Tabs/S",
                others,
            ),
        )
        self._kids.append(number)

    def _box(self, letter: _Incoming, at: int) -> bytes:
        box = letter.source.entry(at, "/MediaBox")
        return self._copied(letter, _written(box, resolved=True))

    def _contents(self, letter: _Incoming, at: int) -> list[int]:
        contents = letter.source.pages[at].obj.get("/Contents")
        if contents is None:
            return []
        several = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        return [self._number(letter, one.objgen) for one in several]

    def _resources(self, letter: _Incoming, at: int) -> dict[bytes, bytes]:
        """A page's resources: equal fonts and pictures are the same object for all letters."""
        found: dict[bytes, bytes] = {}
        resources = letter.source.entry(at, "/Resources")
        for name, several in resources.items() if resources is not None else ():
            if isinstance(several, pikepdf.Dictionary):
                for one in several.values():
                    self._once(letter, name, one)
                found[name.encode()] = self._copied(letter, _written(several, resolved=True))
            else:
                found[name.encode()] = self._copied(letter, _written(several))
        self._finish(letter)
        return found

    def _once(self, letter: _Incoming, name: str, one: object) -> None:
        """Write a font or picture, unless the book has an equal one."""
        if not isinstance(one, pikepdf.Object) or not one.is_indirect:
            return
        if one.objgen in letter.numbers:
            return
        if name == "/Font" and one.get("/Subtype") == "/Type0":
            self._font(letter, one)
        elif name == "/XObject" and one.get("/Subtype") == "/Image":
            parts = []
            for image in (one, one.get("/SMask")):
                if isinstance(image, pikepdf.Stream):
                    parts += [_without(image.stream_dict, "/SMask"), image.read_raw_bytes()]
            if not any(_REFERENCE.search(part) for part in parts[::2]):
                self._known_or(letter, one, parts)

    def _font(self, letter: _Incoming, font: pikepdf.Object) -> None:
        inner = font.DescendantFonts[0]
        descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
        file, text = descriptor.get("/FontFile2"), font.get("/ToUnicode")
        places = inner.get("/CIDToGIDMap")
        if not isinstance(file, pikepdf.Stream) or not isinstance(text, pikepdf.Stream):
            return
        data = file.read_raw_bytes()
        mapped = places.read_raw_bytes() if isinstance(places, pikepdf.Stream) else b""
        widths = _written(inner.get("/W", pikepdf.Array()), resolved=True)
        name = str(font.BaseFont)[1:]
        known = [name.encode(), data, text.read_raw_bytes(), mapped, widths]
        if self._known_or(letter, font, known):
            return
        program = take_apart(file.read_bytes()) if places == "/Identity" else None
        if program is None:
            self._known_or(letter, file, [data])
            return
        face = name.rpartition("+")[2]
        shared = self._faces.program(face, program, self.take)
        letter.numbers[file.objgen] = shared.file
        inner.CIDToGIDMap = letter.source.pdf.make_stream(shared.add(program))
        # Any six letters that no other font of the file has.
        number = len(self._known)
        prefix = "".join(chr(65 + number // 26**i % 26) for i in range(6))
        named = pikepdf.Name(f"/{prefix}+{face}")
        font.BaseFont = inner.BaseFont = descriptor.FontName = named

    def _known_or(self, letter: _Incoming, one: pikepdf.Object, parts: Sequence[bytes]) -> bool:
        """Whether the book has an object of these parts, which then stands for this one."""
        digest = hashlib.sha256(b"\0".join(parts)).digest()
        known = digest in self._known
        if not known:
            self._known[digest] = self.take()
            letter.queue.append(one.objgen)
        letter.numbers[one.objgen] = self._known[digest]
        return known

    def _number(self, letter: _Incoming, key: _Key) -> int:
        """The number of a source's object in the book, to which it is copied sooner or later."""
        if key in letter.pages:
            return letter.pages[key][0]
        if key not in letter.numbers:
            letter.numbers[key] = self.take()
            letter.queue.append(key)
        return letter.numbers[key]

    def _copied(self, letter: _Incoming, data: bytes) -> bytes:
        """Bytes of the source with the numbers of the book."""

        def renumbered(found: re.Match[bytes]) -> bytes:
            lead, number, turn = found.groups()
            if number is None:
                return found[0]
            key = int(number), int(turn)
            if lead is None:
                return b"%d 0 R" % self._number(letter, key)
            page, form = letter.pages.get(key, (0, None))
            if form is None:
                return b"%s%d 0 R" % (lead, page) if page else b"%snull" % lead
            # A mark without its page beside it can't name the form.
            self._tagged = self._tagged and lead.startswith(b"/MCID")
            return b"%s%d 0 R/Stm %d 0 R" % (lead, page, form)

        return _TOKEN.sub(renumbered, data)

    def _finish(self, letter: _Incoming) -> None:
        """Copy what is still to be copied."""
        pdf = letter.source.pdf
        while letter.queue:
            key = letter.queue.popleft()
            number, one = letter.numbers[key], pdf.get_object(key)
            if isinstance(one, pikepdf.Stream):
                entries = self._copied(letter, _without(one.stream_dict, "/Length"))
                data = one.read_raw_bytes()
                self._file.put(
                    number,
                    b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries[2:-2], len(data), data),
                )
            elif isinstance(one, pikepdf.Dictionary) and one.get("/Type") in _ELSEWHERE:
                self._file.put(number, b"null")
            else:
                self._file.put(number, self._copied(letter, _written(one, resolved=True)))

    # A letter's structure

    def _parent(self, owners: int) -> int:
        self._parents.append(owners)
        return len(self._parents) - 1

    def _parent_key(self, letter: _Incoming, at: int) -> bytes:
        """A page's or form's entry that leads to the owners of its marks."""
        owners = letter.source.owners(at)
        if owners is None:
            self._tagged = False
            return b""
        numbers = [letter.numbers.get(_key(owner), 0) for owner in owners]
        listed = b" ".join(b"%d 0 R" % n if n else b"null" for n in numbers)
        return b"/StructParents %d" % self._parent(self._file.add(b"[%s]" % listed))

    def _structure(self, letter: _Incoming, parts: Sequence[pikepdf.Object], title: str) -> None:
        """Copy the elements of a letter, each under a part of the book."""
        self._tagged = self._tagged and bool(parts)
        self._own_hand = self._own_hand and letter.source.own_hand
        for part in parts:
            letter.numbers[part.P.objgen] = self._top
            part.S, part.T = pikepdf.Name.Part, pikepdf.String(title)
            self._parts.append(self._number(letter, part.objgen))
        for name, role in (letter.source.roles or {}).items():
            self._roles.setdefault(name, str(role))
        self._finish(letter)


def _key(one: object) -> _Key:
    return one.objgen if isinstance(one, pikepdf.Object) else (0, 0)


def _written(value: object, *, resolved: bool = False) -> bytes:
    """A value as PDF writes it. resolved: the thing itself, not a reference to it."""
    if isinstance(value, pikepdf.Object):
        return value.unparse(resolved=resolved)
    return pikepdf.Array([value]).unparse()[1:-1]


def _without(entries: pikepdf.Object, name: str) -> bytes:
    return pikepdf.Dictionary({k: v for k, v in entries.items() if k != name}).unparse()


def _content(source: SourceFile, at: int) -> bytes:
    contents = source.pages[at].obj.get("/Contents")
    several = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(one.read_bytes() for one in several if isinstance(one, pikepdf.Stream))


def _joined(resources: Mapping[bytes, bytes]) -> bytes:
    return b"".join(name + b" " + value for name, value in resources.items())


def _listed(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
