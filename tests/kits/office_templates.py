"""Letters as offices write them in Word: the whole file, with what Word puts there unasked."""

from collections.abc import Iterator

from letterkit import docx, p
from word_ribbon import Feature, complex_field, numbering, table

_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
_HEAD = (
    p("{{ date }}", '<w:jc w:val="right"/>')
    + p("{{ to_name }}")
    + p("{{ insurer_name }}", '<w:jc w:val="right"/>')
    + p("資格確認書の送付について", '<w:jc w:val="center"/>', '<w:b/><w:sz w:val="28"/>')
    + p("{{ person_name }} 様の資格確認書をお送りします。有効期限は {{ expiry }} です。")
)


def _style(ppr: str, rpr: str, identifier: str = "b") -> str:
    """A style of the user's own, after Word's habit."""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{identifier}">'
        f'<w:name w:val="本文 {identifier}"/><w:basedOn w:val="a"/><w:qFormat/><w:pPr>{ppr}</w:pPr>'
        f"<w:rPr>{rpr}</w:rPr></w:style>"
    )


def _section(inside: str) -> str:
    """A paragraph that ends a section."""
    return f"<w:p><w:pPr><w:sectPr>{inside}</w:sectPr></w:pPr></w:p>"


_A4 = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" '
    'w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
)


def printed() -> Iterator[Feature]:
    """Those that come out with the embedded engine alone."""
    plain = p("ご不明の点はお問い合わせください。", '<w:pStyle w:val="b"/>')
    yield Feature(
        "Word 365, English defaults", plain,
        parts={"styles": _style(
            '<w:spacing w:after="160" w:line="278" w:lineRule="auto"/>',
            '<w:rFonts w:asciiTheme="minorHAnsi" w:eastAsiaTheme="minorEastAsia"/>'
            '<w:kern w:val="2"/><w:sz w:val="24"/><w14:ligatures w14:val="standardContextual" '
            f"{_W14}/>",
        )},
    )  # fmt: skip
    yield Feature(
        "Word 365, Japanese defaults", plain,
        parts={
            "styles": _style('<w:widowControl w:val="0"/><w:jc w:val="both"/>', '<w:kern w:val="2"/>'),
            "sect": '<w:cols w:space="425"/><w:docGrid w:type="lines" w:linePitch="360"/>',
        },
    )  # fmt: skip
    squares = [("一", "二", "三", "四", "五")] * 4
    yield Feature(
        "squared manuscript paper",
        _grid(squares) + plain,
        parts={"sect": '<w:docGrid w:type="linesAndChars" w:linePitch="720" w:charSpace="44237"/>'},
    )
    yield Feature(
        "letterhead with first and other pages", plain + p("次の頁", "<w:pageBreakBefore/>"),
        parts={
            "header": table([("ひかり産業健康保険組合", "電話 03-0000-0000")]),
            "footer": complex_field("PAGE"), "sect": "<w:titlePg/>",
        },
    )  # fmt: skip
    yield Feature(
        "date picker", _control('<w:date w:fullDate="2026-04-15T00:00:00Z"/>', "令和8年4月15日")
    )
    yield Feature("drop-down list", _control(
        '<w:dropDownList><w:listItem w:displayText="本人" w:value="1"/></w:dropDownList>', "本人"
    ))  # fmt: skip
    yield Feature("check box", _control(
        f'<w14:checkbox {_W14}><w14:checked w14:val="1"/></w14:checkbox>', "☒"
    ) + p("同意します"))  # fmt: skip
    yield Feature("repeated section control", _control("<w:docPartList/>", "区分 被保険者"))
    yield Feature(
        "effects of letters",
        p("飾り文字", rpr=f'<w14:glow {_W14} w14:rad="63500"/><w14:shadow {_W14}/><w:color w:val="FF0000"/>'),
    )  # fmt: skip
    yield Feature(
        "hyperlink and cross reference",
        '<w:p><w:bookmarkStart w:id="1" w:name="x"/><w:hyperlink w:anchor="x"><w:r><w:t>記載例</w:t></w:r>'
        '</w:hyperlink><w:bookmarkEnd w:id="1"/></w:p>' + complex_field("REF x \\h", "参照先の文"),
    )
    yield Feature("table that fits itself", table([("項目", "{{ person_name }}")]).replace(
        '<w:tblLayout w:type="fixed"/>', '<w:tblLayout w:type="autofit"/>'
    ))  # fmt: skip
    yield Feature("floating table", table([("宛先", "{{ to_name }}")]).replace(
        "<w:tblPr>",
        '<w:tblPr><w:tblpPr w:leftFromText="142" w:vertAnchor="page" w:horzAnchor="page" '
        'w:tblpX="7000" w:tblpY="6000"/>',
    ))  # fmt: skip
    yield Feature(
        "continuous section of the same paper",
        p("前の節") + _section(_A4) + p("後の節"), parts={"sect": '<w:type w:val="continuous"/>'},
    )  # fmt: skip
    yield Feature("list of several levels", "".join(
        p(f"第{level}階層の文", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')
        for level in (0, 0)
    ), parts={"numbering": numbering("decimal")})  # fmt: skip
    yield Feature("leaders to page numbers", (
        '<w:p><w:pPr><w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9000"/></w:tabs></w:pPr><w:r>'
        "<w:t>目次の項目</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>12</w:t></w:r></w:p>"
    ))  # fmt: skip


def elsewhere() -> Iterator[Feature]:
    """Those that the check sends to another engine, by name."""
    yield Feature("watermark", p("本文"), parts={"header": (
        f'<w:p><w:r><w:pict {_VML}><v:shape id="PowerPlusWaterMarkObject1" style="position:absolute">'
        '<v:textpath style="font-family:&quot;游ゴシック&quot;" string="社外秘"/></v:shape></w:pict></w:r></w:p>'
    )})  # fmt: skip
    box = (
        f'<w:r><mc:AlternateContent {_MC}><mc:Choice Requires="wps"><w:drawing {_DRAWING}><wp:anchor>'
        '<wp:extent cx="2000000" cy="500000"/><wp:docPr id="1" name="テキスト ボックス 1"/><a:graphic>'
        '<a:graphicData uri="x"><wps:wsp><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx>'
        "{}</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback>"
        f"<w:pict {_VML}><v:textbox><w:txbxContent>{{}}</w:txbxContent></v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    inside = p("重要なお知らせ")
    yield Feature("text box of Word 2010", f"<w:p>{box.format(inside, '', inside)}</w:p>")
    art = '<wps:bodyPr><a:prstTxWarp prst="textWave1"/></wps:bodyPr>'
    yield Feature("word art", f"<w:p>{box.format(inside, art, inside)}</w:p>")
    for name, uri, element in (
        ("chart", "chart", "chart"), ("smart art", "diagram", "relIds"),
    ):  # fmt: skip
        schema = f"http://schemas.openxmlformats.org/drawingml/2006/{uri}"
        yield Feature(name, (
            f'<w:p><w:r><w:drawing {_DRAWING}><wp:inline><wp:extent cx="2000000" cy="2000000"/>'
            f'<wp:docPr id="1" name="g"/><a:graphic><a:graphicData uri="{schema}"><c:{element} '
            f'xmlns:c="{schema}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
        ))  # fmt: skip
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    yield Feature("equation", (
        f'<w:p><m:oMathPara xmlns:m="{math}"><m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath></m:oMathPara></w:p>'
    ))  # fmt: skip
    yield Feature("old form field", (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:line/></w:pict></w:r></w:p>'
    ))  # fmt: skip
    yield Feature(
        "continuous section of columns",
        p("前の節") + _section(_A4) + p("段組みの節") + _section(
            '<w:type w:val="continuous"/>' + _A4 + '<w:cols w:num="2" w:space="425"/>'
        ) + p("後の節"),
        parts={"sect": '<w:type w:val="continuous"/>'},
    )  # fmt: skip


def _control(kind: str, text: str) -> str:
    """A content control around a run."""
    return (
        f'<w:p><w:sdt><w:sdtPr><w:id w:val="1"/>{kind}</w:sdtPr><w:sdtContent><w:r><w:t>{text}</w:t></w:r>'
        "</w:sdtContent></w:sdt></w:p>"
    )


def _grid(rows: list[tuple[str, ...]]) -> str:
    """A table of squares of exact height."""
    cells = "".join(
        '<w:tr><w:trPr><w:trHeight w:val="500" w:hRule="exact"/></w:trPr>'
        + "".join(
            '<w:tc><w:tcPr><w:tcW w:w="500" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            + p(c, '<w:jc w:val="center"/>')
            + "</w:tc>"
            for c in row
        )
        + "</w:tr>"
        for row in rows
    )
    columns = '<w:gridCol w:w="500"/>' * len(rows[0])
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{cells}</w:tbl>"


def whole(feature: Feature) -> bytes:
    """The Word file of such a letter."""
    return docx(_HEAD + feature.body, title="", extra=feature.extra, **feature.parts)
