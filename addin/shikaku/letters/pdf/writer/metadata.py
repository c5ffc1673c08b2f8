"""What a PDF says of itself: title, language, day of making, the standards that it keeps to."""

import datetime as dt
from html import escape

_MAKER = "shikaku"


def packet(
    title: str, day: dt.date | None, *, tagged: bool = False, archive: bool = False
) -> bytes:
    """The XMP packet as a stream object, readable without unpacking. tagged: the structure is
    ours, so PDF/UA-1 is named; archive: PDF/A-2 (level A when tagged)."""
    data = xmp(title, day, tagged=tagged, archive=archive).encode()
    return b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(data), data)


def xmp(title: str, day: dt.date | None, *, tagged: bool = False, archive: bool = False) -> str:
    """The XMP packet itself."""
    text, stamp, names = escape(title, quote=False), "", ""
    if day:
        when = f"{day:%Y-%m-%d}T00:00:00+09:00"
        stamp = f"<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>"
    if archive:
        level = "A" if tagged else "B"
        names += f"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>{level}</pdfaid:conformance>"
    if tagged:
        names += "<pdfuaid:part>1</pdfuaid:part>"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
        'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
        'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><dc:format>application/pdf</dc:format>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:title>'
        "<dc:language><rdf:Bag><rdf:li>ja-JP</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreatorTool>{_MAKER}</xmp:CreatorTool><pdf:Producer>{_MAKER}</pdf:Producer>"
        f"{stamp}{names}</rdf:Description>{_EXTENSION if tagged and archive else ''}</rdf:RDF>"
        '</x:xmpmeta><?xpacket end="r"?>'
    )


# PDF/A wants each property outside its own list described; pdfuaid:part is one.
_EXTENSION = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
    'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification'
    "</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/"
    "</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part'
    "</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>"
    "Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>"
    "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def info(title: str, day: dt.date | None) -> bytes:
    """The document information dictionary, saying what the packet says."""
    stamp = b""
    if day:
        when = f"(D:{day:%Y%m%d}000000+09'00')".encode()
        stamp = b"/CreationDate%s/ModDate%s" % (when, when)
    return b"<</Title%s/Creator(%s)/Producer(%s)%s>>" % (
        text_string(title), _MAKER.encode(), _MAKER.encode(), stamp,
    )  # fmt: skip


def text_string(text: str) -> bytes:
    """A text as PDF writes it."""
    return b"<feff%s>" % text.encode("utf-16-be").hex().encode()
