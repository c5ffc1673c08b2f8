"""A VBA project's file read byte by byte after [MS-OVBA], independently of what wrote it.

Every place that names a module is read on its own, so that a test can hold them side by side:
the ``dir`` stream, ``PROJECT``, ``PROJECTwm``, the streams themselves and ``VB_Name``.
"""

import io
import re
import struct
from dataclasses import dataclass, field

import olefile
from oletools.olevba import decompress_stream

_STANDARD, _OTHER = 0x21, 0x22


@dataclass
class Module:
    """A module as the dir stream declares it; ``text`` is its source, ``raw`` before decoding."""

    name: str
    unicode_name: str = ""
    stream: str = ""
    offset: int = -1
    kind: str = ""
    raw: bytes = b""

    @property
    def text(self) -> str:
        return self.raw.decode("cp1252")

    @property
    def vb_name(self) -> str:
        """The name in the source's own attribute."""
        return re.match(r'Attribute VB_Name = "([^"]+)"\r\n', self.text)[1]


@dataclass
class VbaFile:
    """The whole file. ``declared``: PROJECT's kind → names; ``workspace``, ``wm``: names."""

    code_page: int = 0
    project_name: str = ""
    modules: list[Module] = field(default_factory=list)
    declared: dict[str, list[str]] = field(default_factory=dict)
    workspace: list[str] = field(default_factory=list)
    wm: list[tuple[str, str]] = field(default_factory=list)
    protection: dict[str, bytes] = field(default_factory=dict)
    streams: list[str] = field(default_factory=list)
    version_stream: bytes = b""
    behind_the_end: bytes = b""
    references: list[str] = field(default_factory=list)
    cookies: list[bytes] = field(default_factory=list)


def read(content: bytes) -> VbaFile:
    """Read a vbaProject.bin; a structure that [MS-OVBA] doesn't allow ends in an exception."""
    found = VbaFile()
    with olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_INCORRECT) as ole:
        found.streams = [path[1] for path in ole.listdir() if path[0] == "VBA"]
        found.version_stream = ole.openstream("VBA/_VBA_PROJECT").read()
        _read_dir(found, bytes(decompress_stream(bytearray(ole.openstream("VBA/dir").read()))))
        for module in found.modules:
            packed = ole.openstream(f"VBA/{module.stream}").read()[module.offset :]
            module.raw = bytes(decompress_stream(bytearray(packed)))
        _read_project(found, ole.openstream("PROJECT").read().decode("cp1252"))
        _read_wm(found, ole.openstream("PROJECTwm").read())
    return found


def _read_dir(found: VbaFile, data: bytes) -> None:
    at = 0
    while at < len(data) and data[at:].strip(b"\0"):
        number, size = struct.unpack_from("<HI", data, at)
        if number == 0x0009:  # PROJECTVERSION says 4 and has 6 bytes
            size = 6
        value = data[at + 6 : at + 6 + size]
        assert len(value) == size, f"record {number:#06x} runs past the end"
        at += 6 + size
        if number == 0x0010:  # the terminator
            found.behind_the_end = data[at:]
        elif number in (0x0013, 0x002C):
            found.cookies.append(value)
        elif number == 0x0003:
            (found.code_page,) = struct.unpack("<H", value)
        elif number == 0x0004:
            found.project_name = value.decode("cp1252")
        elif number == 0x0016:
            found.references.append(value.decode("cp1252"))
        elif number == 0x000F:
            (count,) = struct.unpack("<H", value)
        elif number == 0x0019:
            found.modules.append(Module(value.decode("cp1252")))
        elif number == 0x0047:
            found.modules[-1].unicode_name = value.decode("utf-16-le")
        elif number == 0x001A:
            found.modules[-1].stream = value.decode("cp1252")
        elif number == 0x0031:
            (found.modules[-1].offset,) = struct.unpack("<I", value)
        elif number in (_STANDARD, _OTHER):
            found.modules[-1].kind = "standard" if number == _STANDARD else "other"
    assert count == len(found.modules), "the dir stream counts other than it lists"


def _read_project(found: VbaFile, text: str) -> None:
    assert "\n" not in text.replace("\r\n", ""), "PROJECT has bare line feeds"
    section = ""
    for line in text.split("\r\n"):
        if line.startswith("["):
            section = line
            continue
        key, _, value = line.partition("=")
        if section == "[Workspace]" and key:
            found.workspace.append(key)
        elif not section and key in ("Module", "Class", "Document", "BaseClass"):
            found.declared.setdefault(key, []).append(value.split("/")[0])
        elif not section and key in ("CMG", "DPB", "GC"):
            found.protection[key] = decrypt(bytes.fromhex(value.strip('"')))


def _read_wm(found: VbaFile, data: bytes) -> None:
    at = 0
    while data[at : at + 2] not in (b"", b"\0\0"):
        end = data.index(b"\0", at)
        ansi = data[at:end].decode("cp1252")
        at = end + 1
        end = at
        while data[end : end + 2] != b"\0\0":
            end += 2
        found.wm.append((ansi, data[at:end].decode("utf-16-le")))
        at = end + 2


def decrypt(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.3.3, the data part: protection, password and visibility are kept like this."""
    seed, version, key = data[0], data[0] ^ data[1], data[0] ^ data[2]
    assert version == 2, "the encryption's version is 2"
    unencrypted, before, earlier = key, data[2], data[1]
    out = bytearray()
    for byte in data[3:]:
        plain = byte ^ ((earlier + unencrypted) & 0xFF)
        earlier, before, unencrypted = before, byte, plain
        out.append(plain)
    ignored = (seed & 6) // 2
    (length,) = struct.unpack("<I", out[ignored : ignored + 4])
    value = bytes(out[ignored + 4 :])
    assert len(value) == length, "the length doesn't fit"
    return value
