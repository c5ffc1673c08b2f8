"""Small Word files for tests of letters, written as XML: a test shows what it is about."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from shikaku.letters.docx.fields import Field, Kind
from shikaku.letters.model import Letter, PersonRef
from shikaku.letters.pdf.binding import bind
from shikaku.letters.pdf.finish import Finish

W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FONT = "BIZ UDゴシック"
BORDERS = "".join(
    f'<w:{e} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for e in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def bound(
    sources: Sequence[bytes], bookmarks: Sequence[str], title: str, how: Finish
) -> tuple[bytes, list[int]]:
    """Many PDFs as one, and the pages of each."""
    out = io.BytesIO()
    counts = bind(sources, bookmarks, title, how, out)
    return out.getvalue(), counts


def p(text: str = "", ppr: str = "", rpr: str = "") -> str:
    """A paragraph of one run. text: XML, so write &amp; for &."""
    head = f"<w:pPr>{ppr}</w:pPr>" if ppr else ""
    mark = f"<w:rPr>{rpr}</w:rPr>" if rpr else ""
    return f'<w:p>{head}<w:r>{mark}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(rows: Iterable[Iterable[str]], widths: tuple[int, ...] = (2800, 6800)) -> str:
    """A table with borders and fixed widths in twips."""
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    body = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/></w:tcPr>{p(c)}</w:tc>'
            for c, w in zip(row, widths, strict=True)
        )
        + "</w:tr>"
        for row in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{BORDERS}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{body}</w:tbl>"
    )


def docx(
    body: str,
    *,
    header: str = "",
    footer: str = "",
    styles: str = "",
    sect: str = "",
    numbering: str = "",
    title: str = "{{ title }}",
    extra: dict[str, bytes] | None = None,
) -> bytes:
    """A Word file. header, footer, body: paragraphs. sect: more of the section's properties."""
    kinds = {"document": ("document.main", "")}
    relations, heads = "", ""
    parts: dict[str, str] = {}
    for name, tag, xml in (("header", "hdr", header), ("footer", "ftr", footer)):
        if xml:
            kinds[f"{name}1"] = (name, "")
            relations += _relation(f"rId_{name}", f"{_OFFICE}/{name}", f"{name}1.xml")
            heads += f'<w:{name}Reference w:type="default" r:id="rId_{name}"/>'
            parts[f"word/{name}1.xml"] = f"<w:{tag} {W}>{xml}</w:{tag}>"
    relations += _relation("rId_styles", f"{_OFFICE}/styles", "styles.xml")
    kinds["styles"] = ("styles", "")
    if numbering:
        relations += _relation("rId_numbering", f"{_OFFICE}/numbering", "numbering.xml")
        kinds["numbering"] = ("numbering", "")
        parts["word/numbering.xml"] = f"<w:numbering {W}>{numbering}</w:numbering>"
    overrides = "".join(
        f'<Override PartName="/word/{n}.xml" ContentType="{_TYPE}.{k}+xml"/>'
        for n, (k, _) in kinds.items()
    )
    fonts = " ".join(f'w:{n}="{FONT}"' for n in ("ascii", "hAnsi", "eastAsia", "cs"))
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}'
            '<Override PartName="/docProps/core.xml" ContentType="application/'
            'vnd.openxmlformats-package.core-properties+xml"/></Types>'
        ),
        "_rels/.rels": _relations(
            _relation("rId1", f"{_OFFICE}/officeDocument", "word/document.xml")
            + _relation(
                "rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"
            )
        ),
        "docProps/core.xml": (
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
            "</cp:coreProperties>"
        ),
        "word/document.xml": (
            f"<w:document {W}><w:body>{body}<w:sectPr>{heads}"
            '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" '
            'w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
            f"{sect}</w:sectPr></w:body></w:document>"
        ),
        "word/_rels/document.xml.rels": _relations(relations),
        "word/styles.xml": (
            f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>"
            '<w:sz w:val="21"/><w:lang w:val="en-US" w:eastAsia="ja-JP"/></w:rPr></w:rPrDefault>'
            '<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="320" w:lineRule="exact"/></w:pPr>'
            '</w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" '
            f'w:styleId="a"><w:name w:val="Normal"/></w:style>{styles}</w:styles>'
        ),
        **parts,
    }
    return zipped({n: _XML + x.encode() for n, x in files.items()} | (extra or {}))


_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def texts(data: bytes, part: str = "word/document.xml") -> str:
    """The text of a part, paragraphs by line."""
    xml = unzipped(data)[part].decode()
    xml = re.sub(r"</w:p>|<w:br/>", "\n", xml).replace("<w:tab/>", "\t")
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", "", xml)).strip()


def _relation(identifier: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"/>'


def _relations(inside: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


_NAMES = "title addressee name kana symbol number branch birth acquired insurer address remarks"
KIND = Kind(
    "notice",
    "資格情報のお知らせ",
    "member",
    (
        *(Field(n, f"{n}の意味", f"{n}の例") for n in _NAMES.split()),
        Field("burden", "一部負担金の割合", ""),
        Field("items", "一覧", items=(Field("name", "項目", "い"), Field("text", "内容", "ろ"))),
    ),
)
KINDS = {"notice": KIND}
_LONG = (
    "退職などにより資格を失ったときは、この通知は使えません。ご不明な点は健康保険組合の窓口まで"
    "お問い合わせください。電話の受付時間は平日の午前九時から午後五時までです。"
)


def letter_template() -> bytes:
    """A4 letter of ordinary size: two tables, a condition, a loop, a footer with a value."""
    rows = [
        ("氏名", "name"), ("フリガナ", "kana"), ("記号", "symbol"), ("番号", "number"),
        ("枝番", "branch"), ("生年月日", "birth"), ("資格取得年月日", "acquired"),
        ("保険者", "insurer"), ("住所", "address"), ("備考", "remarks"),
    ]  # fmt: skip
    loop = [
        ("項目", "内容"), ("{%tr for x in items %}", ""), ("{{ x.name }}", "{{ x.text }}"),
        ("{%tr endfor %}", ""),
    ]  # fmt: skip
    return docx(
        p("{{ addressee }} 様")
        + p("資格情報のお知らせ", rpr='<w:b/><w:sz w:val="32"/>')
        + p("このたび、あなたの加入資格が次のとおり確認されましたのでお知らせします。")
        + table([(a, "{{ %s }}" % b) for a, b in rows])  # noqa: UP031 - braces in an f-string
        + p("{%p if burden %}")
        + p("一部負担金の割合: {{ burden }}")
        + p("{%p endif %}")
        + table(loop)
        + p(_LONG) * 4,
        footer=p("{{ insurer }}"),
    )


def context(number: int, name: str = "") -> dict:
    """The values of one fictitious person."""
    name = name or f"見本　{_given(number)}"
    return {
        "title": f"資格情報のお知らせ {name}",
        "addressee": name,
        "name": name,
        "kana": "ミホン　タロウ",
        "symbol": "1234",
        "number": str(number),
        "branch": "00",
        "birth": f"昭和{40 + number % 20}年{1 + number % 12}月{1 + number % 28}日",
        "acquired": "令和8年4月1日",
        "insurer": "ひかり産業健康保険組合",
        "address": f"東京都架空区みほん{1 + number % 9}丁目{number}番地",
        "remarks": "",
        "burden": "3割" if number % 5 == 0 else "",
        "items": [{"name": "交付", "text": "令和8年4月15日"}, {"name": "区分", "text": "被保険者"}],
    }


_KANJI = "一二三四五六七八九十太郎花子健康保険確認証書資格"


def _given(number: int) -> str:
    """A different given name for each number."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number, len(_KANJI))
        text += _KANJI[rest]
    return text


def letters(count: int, *, groups: int = 3, first: int = 0) -> Iterable[Letter]:
    """Letters to fictitious people, made one by one."""
    for number in range(first, first + count):
        values = context(number)
        record = f"1234-{number}-00"
        yield Letter(
            kind="notice",
            stem=f"{record}_{values['name']}",
            group=f"株式会社みほん{number % groups}",
            title=values["title"],
            people=(PersonRef("members", number + 2, record, values["name"]),),
            addressee=f"{values['name']} 様",
            context=values,
        )
