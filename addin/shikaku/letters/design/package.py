"""A Word file of as few parts as Word needs, the same bytes each time."""

import io
import re
import zipfile
from xml.sax.saxutils import escape

from shikaku.letters.design.blocks import Page, run
from shikaku.letters.design.styles import FONT_TABLE, SETTINGS, styles

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_FIXED_TIME = (2026, 4, 1, 0, 0, 0)

_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{}</Relationships>"
)
# The numbers stand last: rdocx leaves room for two digits whatever the page.
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
_FIELDS = {"{page}": _FIELD.format("PAGE"), "{pages}": _FIELD.format("NUMPAGES")}


def _footer(text: str) -> str:
    """The foot of each page: text, template syntax, and the page's number in it."""
    parts = filter(None, re.split(r"(\{pages?\})", text))
    runs = "".join(_FIELDS.get(part) or run(part) for part in parts)
    return (
        f'<w:ftr xmlns:w="{_W}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{runs}</w:p></w:ftr>'
    )


def document(title: str, body: str, page: Page) -> bytes:
    """The bytes of a .docx with this body on this paper."""
    parts = {
        "[Content_Types].xml": _content_types(bool(page.footer)),
        "_rels/.rels": _RELATIONSHIPS.format(
            f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
            '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/'
            'relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        ),
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(title)}</dc:title><dc:language>ja-JP</dc:language>"
            "</cp:coreProperties>"
        ),
        "word/_rels/document.xml.rels": _RELATIONSHIPS.format(
            f'<Relationship Id="rId1" Type="{_R}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId2" Type="{_R}/settings" Target="settings.xml"/>'
            f'<Relationship Id="rId3" Type="{_R}/fontTable" Target="fontTable.xml"/>'
            + (
                f'<Relationship Id="rId4" Type="{_R}/footer" Target="footer1.xml"/>'
                if page.footer
                else ""
            )
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}{page.xml()}</w:body>'
            "</w:document>"
        ),
        "word/styles.xml": styles(),
        "word/settings.xml": SETTINGS,
        "word/fontTable.xml": FONT_TABLE,
    }
    if page.footer:
        parts["word/footer1.xml"] = _footer(page.footer)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0  # or the bytes differ between Windows and the rest
            package.writestr(info, (_HEAD + text).encode())
    return buffer.getvalue()


def _content_types(footer: bool) -> str:
    named = {
        "word/document.xml": f"{_PART}.document.main+xml",
        "word/styles.xml": f"{_PART}.styles+xml",
        "word/settings.xml": f"{_PART}.settings+xml",
        "word/fontTable.xml": f"{_PART}.fontTable+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    if footer:
        named["word/footer1.xml"] = f"{_PART}.footer+xml"
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in named.items()
        )
        + "</Types>"
    )
