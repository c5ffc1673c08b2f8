"""管理番号 as a QR code in a finished Word file: where the template has it in the style 「バーコード」.

A run of that character style holds the number's text; it becomes a picture with the number as its
alternative text. Scanners read the returned cards (``shikaku received``) by it.
"""

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.package import w

STYLE = "Barcode"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MARK = f'w:val="{STYLE}"'.encode()
_WORDS = "管理番号"
_STAND_IN, _EXAMPLE = "shikakuQr", "K00001"
_STANDING = re.compile(f'name="{_STAND_IN}" descr="([^"]*)"')
_VALUE = re.compile(r"\{\{[^{}<>&\"']*\}\}")
_QUIET = 4
_SIZE_MM = 11.5  # 21 modules and the quiet zone: 0.4 mm each
_EMU = 36_000
_PIXELS = 8


def coded(docx: bytes) -> bytes:
    """The file with its numbers as QR codes; the same bytes where it has none."""
    with zipfile.ZipFile(io.BytesIO(docx)) as file:  # ours: no stranger's limits
        parts = {name: file.read(name) for name in file.namelist()}
    return package.pack(parts) if put(parts, package.main_part(parts)) else docx


def put(parts: dict[str, bytes], main: str) -> bool:
    """Make pictures of a body's numbers, in place; whether there are any. parts: among them the
    body, its relationships and the content types."""
    if _MARK not in parts[main]:
        return False
    root = package.parse(parts[main])
    codes = QrCodes()
    if codes.put(root):
        parts[main] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        codes.into(parts, main)
    return bool(codes.count)


class QrCodes:
    """The QR codes of one file."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.count = 0

    def put(self, root: etree._Element) -> bool:
        """Make pictures of the numbers below an element; whether there are any."""
        runs = _coded_runs(root)
        for run in runs:
            self.count += 1
            text = "".join(t.text or "" for t in run.iter(w("t")))
            name = self._names.setdefault(text, f"shikakuQr{len(self._names) + 1}")
            _draw(run, words(text), name, self.count, f"QR {self.count}")
        return bool(runs)

    def into(self, parts: dict[str, bytes], main: str) -> None:
        """Put the pictures among the parts of the file. main: the part that shows them."""
        if self._names:
            _keep(parts, main, self._names)


def _coded_runs(root: etree._Element) -> list[etree._Element]:
    """The runs in the style, with a text, in their order."""
    found = []
    for style in root.iter(w("rStyle")):
        run = next(style.iterancestors(w("r")), None) if style.get(w("val")) == STYLE else None
        if run is None or run.find(f"{w('rPr')}/{w('rStyle')}") is not style:
            continue
        if "".join(t.text or "" for t in run.iter(w("t"))).strip():
            found.append(run)
    return found


class QrPixels(NamedTuple):
    """A QR code in black and white, eight pixels a module, with four modules of quiet zone: rows
    from the top, a byte a pixel (0 black, 255 white)."""

    size: int
    rows: list[bytes]


@lru_cache(maxsize=1024)
def pixels(text: str) -> QrPixels:
    """The QR code of a text; 15% of it may be damaged."""
    import segno

    white = b"\xff" * _PIXELS
    rows: list[bytes] = []
    for modules in segno.make(text, error="m", micro=False).matrix:
        inside = b"".join(b"\0" * _PIXELS if dark else white for dark in modules)
        rows += [white * _QUIET + inside + white * _QUIET] * _PIXELS
    size = len(rows[0])
    margin = [b"\xff" * size] * (_QUIET * _PIXELS)
    return QrPixels(size, [*margin, *rows, *margin])


@lru_cache(maxsize=1024)
def picture(text: str) -> bytes:
    """The QR code as a PNG of 8 bits a sample: what every engine draws."""
    size, rows = pixels(text)
    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def words(text: str) -> str:
    """What stands for the picture where it can't be seen."""
    return f"{_WORDS} {text}"


def stand_in(parts: dict[str, bytes], main: str) -> bool:
    """Put one and the same picture where a template has codes, each with its number beside it, in
    place. False, and nothing is changed, where a code isn't just a value."""
    if _MARK not in parts[main]:
        return True
    root = package.parse(parts[main])
    runs = _coded_runs(root)
    texts = ["".join(t.text or "" for t in run.iter(w("t"))) for run in runs]
    if not all(_VALUE.fullmatch(text.strip()) for text in texts):
        return False
    for number, (run, text) in enumerate(zip(runs, texts, strict=True), 1):
        _draw(run, text.strip(), _STAND_IN, number, _STAND_IN)
    parts[main] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    _keep(parts, main, {_EXAMPLE: _STAND_IN})
    return True


def stand_in_pixels() -> QrPixels:
    """The picture of ``stand_in``."""
    return pixels(_EXAMPLE)


def taken_out(xml: str) -> tuple[str, list[str]]:
    """The XML of a letter with ``stand_in`` pictures, all described alike, and their numbers."""
    if _STAND_IN not in xml:
        return xml, []
    codes = [html.unescape(text) for text in _STANDING.findall(xml)[::2]]  # each says it twice
    return _STANDING.sub(f'name="{_STAND_IN}" descr="{_WORDS}"', xml), codes


def _draw(run: etree._Element, alt: str, name: str, number: int, title: str) -> None:
    """A picture in place of a run's text. alt: its description; name: its relationship."""
    size = round(_SIZE_MM * _EMU)
    description = f'"{html.escape(alt)}"'
    drawing = package.parse(
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
        f'xmlns:r="{_RELATION}"><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{size}" cy="{size}"/><wp:docPr id="{9000 + number}" name="{title}" '
        f'descr={description}/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/'
        'drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="{9000 + number}" name="{title}" descr={description}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{name}"/><a:stretch><a:fillRect/>'
        '</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{size}" cy="{size}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    for child in list(run):
        if child.tag != w("rPr"):
            run.remove(child)
    run.append(drawing)


def _keep(parts: dict[str, bytes], main: str, names: Mapping[str, str]) -> None:
    """Put pictures among the parts. names: number → relationship."""
    parts |= {f"word/media/{name}.png": picture(text) for text, name in names.items()}
    rels = package.rels_name(main)
    parts[rels] = _with_relations(parts[rels], tuple(names.values()))
    parts["[Content_Types].xml"] = _with_png(parts["[Content_Types].xml"])


# A template's letters have these in common.
@lru_cache(maxsize=64)
def _with_relations(data: bytes, names: tuple[str, ...]) -> bytes:
    root = package.parse(data)
    for name in names:
        etree.SubElement(
            root,
            f"{{{_PACKAGE}/relationships}}Relationship",
            Id=name,
            Type=f"{_RELATION}/image",
            Target=f"media/{name}.png",
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@lru_cache(maxsize=64)
def _with_png(data: bytes) -> bytes:
    root = package.parse(data)
    tag = f"{{{_PACKAGE}/content-types}}Default"
    if not any(one.get("Extension") == "png" for one in root.iter(tag)):
        root.insert(0, root.makeelement(tag, {"Extension": "png", "ContentType": "image/png"}))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
