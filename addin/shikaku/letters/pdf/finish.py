"""The last hand on a PDF: title, language, dates, font names, password.

Two runs over the same letter give the same bytes (with a password they differ: encryption needs
randomness).
"""

import datetime as dt
import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shikaku.letters.pdf.writer import icc
from shikaku.letters.pdf.writer.metadata import xmp

if TYPE_CHECKING:  # letters as Word files alone need no PDF
    import pikepdf

_MAKER = "shikaku"
_PREFIXED = re.compile(r"/[A-Z]{6}\+")


@dataclass(frozen=True, slots=True)
class Finish:
    """What all PDFs of a run share. day: the 基準日, as the date of making; password: AES-256;
    archive: PDF/A-2."""

    day: dt.date | None = None
    password: str | None = None
    archive: bool = False


def finish(pdf: "pikepdf.Pdf", title: str, how: Finish) -> bytes:
    """The PDF with its title, language and dates, saved."""
    _describe(pdf, title, how)
    name_subsets(pdf)
    return _save(pdf, how.password)


def _describe(pdf: "pikepdf.Pdf", title: str, how: Finish, tagged: bool = False) -> None:
    import pikepdf

    day = how.day
    root = pdf.Root
    root.Lang = pikepdf.String("ja-JP")
    root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    marks = root.get("/MarkInfo")
    if marks is not None and "/Suspects" in marks:
        del marks["/Suspects"]
    for name in ("/OpenAction", "/AcroForm"):
        if name in root:
            del root[name]
    # The objects that are there are used again: a new one makes qpdf visit all the others.
    info = pdf.trailer.get("/Info")
    if info is None:
        info = pdf.trailer.Info = pdf.make_indirect(pikepdf.Dictionary())
    for name in list(info.keys()):
        del info[name]
    info.Title = pikepdf.String(title)
    info.Creator = info.Producer = pikepdf.String(_MAKER)
    if day:
        info.CreationDate = info.ModDate = pikepdf.String(f"D:{day:%Y%m%d}000000+09'00'")
    packet = xmp(title, day, tagged=tagged, archive=how.archive)
    if how.archive:
        profile = pdf.make_stream(icc.PROFILE, N=3)
        intent = pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier=pikepdf.String("sRGB"),
            Info=pikepdf.String("sRGB IEC61966-2.1"), DestOutputProfile=profile,
        )  # fmt: skip
        root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])
    if "/Metadata" not in root:
        root.Metadata = pdf.make_stream(b"")
    root.Metadata.write(packet.encode())
    root.Metadata.Type, root.Metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML


def name_subsets(pdf: "pikepdf.Pdf") -> None:
    """``ABCDEF+Name`` for subset fonts, as the standard wants it; rdocx leaves the prefix out."""
    import pikepdf

    done = set()
    for page in pdf.pages:
        resources = page.get("/Resources", pikepdf.Dictionary())
        for font in resources.get("/Font", pikepdf.Dictionary()).values():
            if font.objgen in done or font.get("/Subtype") != "/Type0":
                continue
            done.add(font.objgen)
            inner = font.DescendantFonts[0]
            name = str(inner.BaseFont)
            file = inner.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontFile2")
            if file is None or _PREFIXED.match(name):
                continue
            number = int.from_bytes(hashlib.sha256(file.read_raw_bytes()).digest()[:8], "big")
            prefix = "".join(chr(65 + number // 26**i % 26) for i in range(6))
            new = pikepdf.Name(f"/{prefix}+{name[1:]}")
            font.BaseFont = inner.BaseFont = inner.FontDescriptor.FontName = new


def locked(pdf: "pikepdf.Pdf", password: str) -> bytes:
    """The same file, encrypted."""
    return _save(pdf, password)


def _save(pdf: "pikepdf.Pdf", password: str | None) -> bytes:
    import pikepdf

    out = io.BytesIO()
    options = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    if password:
        options["encryption"] = pikepdf.Encryption(owner=password, user=password, R=6)
    else:
        options["deterministic_id"] = True
    pdf.save(out, **options)
    return out.getvalue()
