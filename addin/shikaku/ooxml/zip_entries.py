"""The zip around a workbook, read with limits and written so that untouched entries stay as they are.

Python's zipfile can't copy an entry without unpacking it. Here an entry that nobody changed keeps
its compressed bytes, its place in the order, its time stamp and its attributes.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from shikaku.system.reading import DAMAGED_ZIP

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8, _ENCRYPTED = 0x800, 0x1
_MAX_ENTRIES = 20_000


class BadArchive(ValueError):
    """Not a zip file that we can read. ``problem``: zip | damaged | encrypted | bomb | large."""

    def __init__(self, problem: str, entry: str = ""):
        super().__init__(problem)
        self.problem = problem
        self.entry = entry


class Archive:
    """A zip file in memory. Raises BadArchive."""

    def __init__(self, data: bytes):
        self.data = data
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos = archive.infolist()
        except DAMAGED_ZIP:
            raise BadArchive("zip" if not data.startswith(b"PK") else "damaged") from None
        if len(infos) > _MAX_ENTRIES:
            raise BadArchive("bomb")
        self.infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.filename in self.infos:
                raise BadArchive("damaged", info.filename)
            self.infos[info.filename] = info

    def _compressed(self, info: zipfile.ZipInfo) -> bytes:
        at = info.header_offset
        head = self.data[at : at + _LOCAL.size]
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            raise BadArchive("damaged", info.filename)
        fields = _LOCAL.unpack(head)
        start = at + _LOCAL.size + fields[9] + fields[10]
        data = self.data[start : start + info.compress_size]
        if len(data) < info.compress_size:
            raise BadArchive("damaged", info.filename)
        return data

    def read(self, name: str, limit: int) -> bytes:
        """An entry's content. Raises KeyError, or BadArchive: encrypted, bomb (more than a
        plausible ratio), large (more than ``limit`` bytes), damaged (also a wrong CRC)."""
        info = self.infos[name]
        if info.flag_bits & _ENCRYPTED:
            raise BadArchive("encrypted", name)
        data = self._compressed(info)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            data = _inflate(data, limit, name)
        elif info.compress_type != zipfile.ZIP_STORED:
            raise BadArchive("damaged", name)
        if len(data) > limit:
            raise BadArchive("large", name)
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise BadArchive("damaged", name)
        return data

    def written(
        self, changed: Mapping[str, bytes], added: Mapping[str, bytes], removed: Iterable[str]
    ) -> bytes:
        """A new zip file: changed entries in their old places, added ones at the end."""
        gone = set(removed)
        out: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        items = [(name, info) for name, info in self.infos.items() if name not in gone]
        items += [(name, _new_info(name)) for name in added]
        new = {**changed, **added}
        for name, info in items:
            flags = info.flag_bits & ~0x8  # sizes stand in the header, no descriptor follows
            if name in new:
                content = new[name]
                crc, size = zlib.crc32(content), len(content)
                if info.compress_type == zipfile.ZIP_DEFLATED:
                    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
                    content = packer.compress(content) + packer.flush()
            else:
                content, crc, size = self._compressed(info), info.CRC, info.file_size
            try:
                raw = name.encode("utf-8" if flags & _UTF8 else "cp437")
            except UnicodeEncodeError:
                raw, flags = name.encode(), flags | _UTF8
            day, time = _dos(info.date_time)
            common = (flags, info.compress_type, time, day, crc, len(content), size, len(raw))
            head = _LOCAL.pack(b"PK\3\4", info.extract_version, *common, 0) + raw
            out += (head, content)
            made_by = info.create_version | info.create_system << 8
            attributes = (info.internal_attr, info.external_attr, offset)
            directory.append(
                _CENTRAL.pack(
                    b"PK\1\2", made_by, info.extract_version, *common, 0, 0, 0, *attributes
                )
                + raw
            )
            offset += len(head) + len(content)
        listing = b"".join(directory)
        end = _END.pack(b"PK\5\6", 0, 0, len(items), len(items), len(listing), offset, 0)
        return b"".join((*out, listing, end))


def is_bomb(info: zipfile.ZipInfo) -> bool:
    """Whether an entry unpacks to more than it plausibly may."""
    return info.file_size > _plausible(info.compress_size)


def _plausible(packed: int) -> int:
    """To how many bytes an entry may unpack: XML of a real sheet packs 5 to 40 times."""
    return max(16 << 20, 200 * packed)


_AT_ONCE = 4 << 20
"""Bytes that are unpacked in one step: a sheet of a hundred megabytes, unpacked at once, is in memory twice."""


def _inflate(data: bytes, limit: int, name: str) -> bytes:
    """Unpack with the brakes on: never more than ``limit`` bytes, never at a bomb's ratio."""
    unpacker, allowed = zlib.decompressobj(-15), _plausible(len(data))
    out, most = io.BytesIO(), min(allowed, limit) + 1
    try:
        while step := unpacker.decompress(data, min(_AT_ONCE, most - out.tell())):
            data = unpacker.unconsumed_tail
            out.write(step)
            if out.tell() == most:
                break
    except zlib.error:
        raise BadArchive("damaged", name) from None
    if out.tell() > allowed:
        raise BadArchive("bomb", name)
    if out.tell() > limit:
        raise BadArchive("large", name)
    if not unpacker.eof:
        raise BadArchive("damaged", name)
    return out.getvalue()


def _new_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # 1980-01-01, so that the same input gives the same file
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    return info


def _dos(moment: tuple[int, int, int, int, int, int]) -> tuple[int, int]:
    year, month, day, hour, minute, second = moment
    year = min(max(year, 1980), 2107)
    return (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
