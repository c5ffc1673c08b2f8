"""The last hand on a PDF: title, language, dates, font names, bookmarks, password.

Two runs over the same letter give the same bytes (with a password they differ: encryption needs
randomness).
"""

import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape

import pikepdf

from shikaku.letters.fonts.sharing import share_fonts

_MAKER = "shikaku"
_PREFIXED = re.compile(r"/[A-Z]{6}\+")


@dataclass(frozen=True, slots=True)
class Finish:
    """What all PDFs of a run share. day: the 基準日, as the date of making; password: AES-256."""

    day: dt.date | None = None
    password: str | None = None


def finish(pdf: pikepdf.Pdf, title: str, how: Finish) -> bytes:
    """The PDF with its title, language and dates, saved."""
    _describe(pdf, title, how.day)
    name_subsets(pdf)
    return _save(pdf, how.password)


def _describe(pdf: pikepdf.Pdf, title: str, day: dt.date | None) -> None:
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
    stamp = ""
    if day:
        info.CreationDate = info.ModDate = pikepdf.String(f"D:{day:%Y%m%d}000000+09'00'")
        when = f"{day:%Y-%m-%d}T00:00:00+09:00"
        stamp = f"<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>"
    text = escape(title)
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><dc:format>application/pdf</dc:format>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:title>'
        "<dc:language><rdf:Bag><rdf:li>ja-JP</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreatorTool>{_MAKER}</xmp:CreatorTool><pdf:Producer>{_MAKER}</pdf:Producer>{stamp}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    if "/Metadata" not in root:
        root.Metadata = pdf.make_stream(b"")
    root.Metadata.write(packet.encode())
    root.Metadata.Type, root.Metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML


def name_subsets(pdf: pikepdf.Pdf) -> None:
    """``ABCDEF+Name`` for subset fonts, as the standard wants it; rdocx leaves the prefix out."""
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


def _save(pdf: pikepdf.Pdf, password: str | None) -> bytes:
    out = io.BytesIO()
    options = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    if password:
        options["encryption"] = pikepdf.Encryption(owner=password, user=password, R=6)
    else:
        options["deterministic_id"] = True
    pdf.save(out, **options)
    return out.getvalue()


_AT_ONCE = 100
"""So many PDFs are held in memory with all their fonts; of more, one such part after the other."""


def bind(
    sources: Iterable[bytes], bookmarks: Sequence[str], title: str, how: Finish
) -> tuple[bytes, list[int]]:
    """Many PDFs in one file, each with its bookmark; the file and the pages of each source. The
    sources may be read one by one."""
    rest = iter(sources)
    parts = list(islice(rest, _AT_ONCE))
    counts: list[int] = []
    if len(parts) == _AT_ONCE and (ahead := list(islice(rest, _AT_ONCE))):
        joined = []
        for some in (parts, ahead, *iter(lambda: list(islice(rest, _AT_ONCE)), [])):
            data, pages = _part(some)
            joined.append(data)
            counts += pages
            some.clear()
        parts = joined
    with pikepdf.Pdf.new() as book:
        pages = _append(book, parts)
        counts = counts or pages
        with book.open_outline() as outline:
            start = 0
            for name, count in zip(bookmarks, counts, strict=True):
                outline.root.append(pikepdf.OutlineItem(name, start))
                start += count
        book.Root.PageMode = pikepdf.Name.UseOutlines
        if share_fonts(book):
            name_subsets(book)
        _describe(book, title, how.day)
        return _save(book, how.password), counts


def _append(book: pikepdf.Pdf, sources: Iterable[bytes]) -> list[int]:
    """Put the pages of PDFs at the end of another; how many each has."""
    counts = []
    for source in sources:
        with pikepdf.open(io.BytesIO(source)) as one:
            for page in one.pages:
                if "/StructParents" in page:
                    del page["/StructParents"]
            book.pages.extend(one.pages)
            counts.append(len(one.pages))
    return counts


def _part(sources: Iterable[bytes]) -> tuple[bytes, list[int]]:
    """Some of many PDFs as one whose fonts share a program, and the pages of each."""
    out = io.BytesIO()
    with pikepdf.Pdf.new() as book:
        counts = _append(book, sources)
        if share_fonts(book):
            name_subsets(book)
        book.save(out)
    return out.getvalue(), counts
