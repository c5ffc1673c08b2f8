"""A workbook as a package of parts (ECMA-376 part 2), or a clear word on why it is none.

Everything that can be wrong with a file before its sheets are looked at ends here as a BookError
in the user's language.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shikaku.ooxml import plain_form, xml_bytes
from shikaku.ooxml.plain_form import CheckedPart
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.ooxml.zip_entries import Archive, BadArchive, is_bomb
from shikaku.system.errors import BookError
from shikaku.system.reading import read_file

MAX_PART = 256 << 20
MAX_SMALL_PART = 24 << 20
MAX_TOTAL = 512 << 20
"""Bytes. 50,000 full rows of 加入者台帳 have some 70 MB of XML, 16,000 filings with their formulas 200; a
roster's styles have 50 kB."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = (
    "Excelで開き、「名前を付けて保存」で「Excel ブック (*.xlsx)」として保存し直してください。"
)


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship of a part: id, last word of its type (``worksheet``), target part's name."""

    id: str
    type: str
    target: str


class Package:
    """The parts of one workbook file, kept as one snapshot in memory.

    data: the file's bytes; name: the file's name for messages. Raises BookError.
    """

    def __init__(self, data: bytes, name: str):
        self.name = name
        self.data = data
        self._checked: dict[str, CheckedPart] = {}
        self._relations: dict[str, list[Relationship]] = {}
        self._titles: dict[str, str] = {}  # part → what the user knows it by, for messages
        self._total = 0
        _refuse_other_formats(data, name)
        try:
            self.archive = Archive(data)
        except BadArchive as problem:
            raise self._complaint(problem) from None
        self._names: dict[str, str] = {}
        for part in self.archive.infos:
            if self._names.setdefault(_plain_name(part), part) != part:
                raise self.damaged(part)  # which of the two is meant is anybody's guess
        self._refuse_other_packages()
        main = next((r for r in self.relations("") if r.type == "officeDocument"), None)
        if main is None or not self.has(main.target):
            raise self.not_a_workbook()
        self.main = main.target
        if self.main.endswith(".bin"):
            raise BookError(f"「{name}」は .xlsb 形式のブックなので読めません。", _SAVE_AS)
        if xml_bytes.root(self.xml(self.main)).name != b"workbook":
            raise self.not_a_workbook()
        try:
            xml_bytes.prefix(self.xml(self.main))
        except BadMarkup:
            raise self.not_a_workbook() from None

    @classmethod
    def open(cls, path: Path) -> "Package":
        """The package in a file. Raises BookError: missing, a folder, no permission, too large."""
        return cls(read_file(path), path.name)

    def has(self, part: str) -> bool:
        """Whether the part is there (names compared as Windows does, without regard to case)."""
        return _plain_name(part) in self._names

    def entry(self, part: str) -> str:
        """The part's name as the zip file spells it."""
        return self._names[_plain_name(part)]

    def read(self, part: str, limit: int = MAX_SMALL_PART) -> bytes:
        """A part's bytes. Raises BookError: not there, damaged, far too large."""
        if not self.has(part):
            raise self.damaged(part)
        try:
            data = self.archive.read(self.entry(part), limit)
        except BadArchive as problem:
            raise self._complaint(problem) from None
        self._total += len(data)
        if self._total > MAX_TOTAL:
            raise self._complaint(BadArchive("large"))
        return data

    def glance(self, part: str, limit: int = MAX_SMALL_PART) -> bytes:
        """A part's bytes, not kept and not counted: of a sheet that nothing depends on. Raises
        BookError like ``read``."""
        if not self.has(part):
            raise self.damaged(part)
        try:
            return self.archive.read(self.entry(part), limit)
        except BadArchive as problem:
            raise self._complaint(problem) from None

    def xml(self, part: str, limit: int = MAX_SMALL_PART) -> bytes:
        """A part of XML, in plain form (``plain_form.checked``). Raises BookError."""
        return self.checked(part, limit).data

    def checked(self, part: str, limit: int = MAX_SMALL_PART, *, ours: bool = False) -> CheckedPart:
        """The same as the gate left it, for reading alone, too. ours: a sheet that we fill. Raises
        BookError."""
        key = _plain_name(part)
        if key not in self._checked:
            try:
                self._checked[key] = plain_form.checked_and_lean(self.read(part, limit), ours=ours)
            except BadMarkup as problem:
                if problem.doctype:
                    raise BookError(
                        f"「{self.name}」は安全のため開きません"
                        f"(内部の「{part}」にDTDまたは外部実体の宣言があります)。",
                        "作成元に確認し、" + _SAVE_AS,
                    ) from None
                raise self.damaged(part, problem.place) from None
        return self._checked[key]

    def rows_taken(self, part: str) -> None:
        """Say that a part's rows are read: what was made of them for that isn't kept."""
        key = _plain_name(part)
        checked = self._checked[key]
        self._checked[key] = replace(checked, lean=checked.data, rows=None)

    def name_part(self, part: str, title: str) -> None:
        """Name a sheet's part by its tab in what is said of it from now on."""
        self._titles[_plain_name(part)] = title

    def relations(self, part: str) -> list[Relationship]:
        """The internal relationships of a part ("" = of the package); none when it has none."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> list[Relationship]:
        folder, base = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", base + ".rels")
        if not self.has(rels):
            return []
        data, found = self.xml(rels), []
        for piece in xml_bytes.children(data, xml_bytes.root(data), b"Relationship"):
            items = xml_bytes.attributes(data[piece.start : piece.inner])
            if items.get(b"TargetMode") != b"External":
                target = xml_bytes.plain(items.get(b"Target", b"")).replace("\\", "/")
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = xml_bytes.plain(items.get(b"Type", b"")).rpartition("/")[2]
                found.append(Relationship(xml_bytes.plain(items.get(b"Id", b"")), kind, path))
        return found

    def related(self, part: str, kind: str) -> str | None:
        """The first part that a part relates to by a type, None when there is none."""
        return next((r.target for r in self.relations(part) if r.type == kind), None)

    def rewritten(
        self, changed: Mapping[str, bytes], added: Mapping[str, bytes], removed: Iterable[str]
    ) -> bytes:
        """The file with entries changed, added and taken out (``Archive.written``). Raises BookError
        instead of giving a file that we could not read again: thousands of rows with their formulas make a
        sheet of more bytes than any part may have."""
        try:
            data = self.archive.written(changed, added, removed)
            too_large = unreadable(data, [*changed, *added])
        except BadArchive as problem:
            raise self._complaint(problem) from None
        if too_large:
            raise self.too_large()
        return data

    def too_large(self) -> BookError:
        """The error for rows that would make a file that we could not read again."""
        return BookError(
            f"「{self.name}」には行が多すぎて書き込めません"
            "(書き込むと、読めない大きさのファイルになります)。",
            "行(collect では届いたファイル)を分けて、別々のブックにしてください。",
        )

    def damaged(self, part: str = "", cell: str = "") -> BookError:
        """The error for a part that is missing or can't be read. cell: where in it, if known."""
        title = self._titles.get(_plain_name(part))
        place = f"シート「{title}」" if title else f"内部の「{part}」" if part else ""
        place = f"({place}{f'の「{cell}」' if cell else ''})" if place else ""
        return BookError(
            f"「{self.name}」は壊れているため読めません{place}。",
            "Excelで開いて修復して保存し直すか、元のファイルをもう一度受け取ってください。",
        )

    def not_a_workbook(self) -> BookError:
        """The error for a file that is something else."""
        return BookError(f"「{self.name}」はExcelのブックではありません。", _SAVE_AS)

    def _complaint(self, problem: BadArchive) -> BookError:
        if problem.problem == "zip":
            return self.not_a_workbook()
        if problem.problem == "encrypted":
            return _encrypted(self.name)
        if problem.problem in ("bomb", "large"):
            place = f"(内部の「{problem.entry}」)" if problem.entry else ""
            return BookError(
                f"「{self.name}」は中身が異常に大きいため開きません{place}。",
                "使っていない行・列・シートを削除して保存し直してください。"
                "心当たりがなければ、開かずに送り主へ確認してください。",
            )
        return self.damaged(problem.entry)

    def _refuse_other_packages(self) -> None:
        if self.has("mimetype") and b"opendocument" in self.read("mimetype", 1 << 20):
            raise BookError(
                f"「{self.name}」はOpenDocument(.ods)形式なので読めません。",
                "「名前を付けて保存」で「Excel 2007-365 (.xlsx)」として保存し直してください。",
            )
        if not self.has("[Content_Types].xml") or not self.has("_rels/.rels"):
            raise self.not_a_workbook()


def unreadable(data: bytes, parts: Iterable[str]) -> bool:
    """Whether one of these parts of a file is larger than any may be, or unpacks like a bomb, or all of
    them together are."""
    archive = Archive(data)
    infos = [archive.infos[part] for part in parts]
    sizes = [info.file_size for info in infos]
    return max(sizes, default=0) > MAX_PART or sum(sizes) > MAX_TOTAL or any(map(is_bomb, infos))


def _plain_name(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _encrypted(name: str) -> BookError:
    return BookError(
        f"「{name}」はパスワードで保護されているため読めません。",
        "Excelでパスワードを入れて開き、「ファイル」→「情報」→「ブックの保護」→"
        "「パスワードを使用して暗号化」を空欄にして保存してください。"
        "健保組合で受け取った提出用ファイルは、パスワードを添えて「collect」で取り込めます。",
    )


def _refuse_other_formats(data: bytes, name: str) -> None:
    if not data:
        raise BookError(
            f"「{name}」は空のファイルです(0バイト)。", "元のファイルをもう一度受け取ってください。"
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16le") in data:
            raise _encrypted(name)
        raise BookError(f"「{name}」は古い形式(.xls)か、ブックではないファイルです。", _SAVE_AS)
    if data.startswith(b"PK"):
        return
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<workbook")):
        raise BookError(
            f"「{name}」はブックではなく、HTMLまたはXMLのファイルです(拡張子だけが変わっています)。",
            _SAVE_AS,
        )
    if re.match(rb"[^\0]{0,2048}\Z", data[:2048]):
        raise BookError(
            f"「{name}」はブックではなく、CSVなどの文字だけのファイルです。",
            _SAVE_AS,
        )
    raise BookError(f"「{name}」はExcelのブックではありません。", _SAVE_AS)
