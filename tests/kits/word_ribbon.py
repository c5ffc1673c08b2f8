"""Templates with what people find on Word's ribbon, one feature each, written as Word writes it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from letterkit import docx, p, table, unzipped, zipped

A14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_THEME = 'w:asciiTheme="majorHAnsi" w:eastAsiaTheme="majorEastAsia" w:hAnsiTheme="majorHAnsi"'


@dataclass(frozen=True)
class Feature:
    """One template. printed: a text that must stand in the PDF. body, styles …: see letterkit."""

    name: str
    body: str
    printed: str = "令和八年の見本"
    parts: dict[str, str] = field(default_factory=dict)
    extra: dict[str, bytes] = field(default_factory=dict)

    def docx(self) -> bytes:
        """The Word file; it has all fields that the kind asks for."""
        head = p("{{ date }} {{ insurer_name }}") + p(
            "{{ to_name }} {{ person_name }} {{ expiry }}"
        )
        return docx(head + self.body + p("本文のおわり"), title="", extra=self.extra, **self.parts)


TEXT = "令和八年の見本 {{ person_name }} ABC 123"


def style(identifier: str, name: str, ppr: str = "", rpr: str = "", kind: str = "paragraph") -> str:
    head = f"<w:pPr>{ppr}</w:pPr>" if ppr else ""
    run = f"<w:rPr>{rpr}</w:rPr>" if rpr else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f"<w:qFormat/>{head}{run}</w:style>"
    )


_BLUE = '<w:color w:val="2E74B5" w:themeColor="accent1" w:themeShade="BF"/>'
_STYLES = {
    "Heading1": ("heading 1", '<w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/>',
                 f'<w:rFonts {_THEME}/>{_BLUE}<w:sz w:val="32"/>'),
    "Heading2": ("heading 2", '<w:keepNext/><w:spacing w:before="40"/><w:outlineLvl w:val="1"/>',
                 f'<w:rFonts {_THEME}/>{_BLUE}<w:sz w:val="26"/>'),
    "Heading3": ("heading 3", '<w:keepNext/><w:ind w:leftChars="400" w:left="840"/>',
                 f'<w:rFonts {_THEME}/>'),
    "Heading4": ("heading 4", "<w:keepNext/>", f"<w:rFonts {_THEME}/><w:i/><w:iCs/>{_BLUE}"),
    "Heading5": ("heading 5", "<w:keepNext/>", f"<w:rFonts {_THEME}/>{_BLUE}"),
    "Heading6": ("heading 6", "<w:keepNext/>", f'<w:rFonts {_THEME}/><w:b/><w:bCs/>'),
    "Heading7": ("heading 7", "<w:keepNext/>", f"<w:rFonts {_THEME}/><w:i/><w:iCs/>"),
    "Heading8": ("heading 8", "<w:keepNext/>", '<w:color w:val="272727"/><w:sz w:val="21"/>'),
    "Heading9": ("heading 9", "<w:keepNext/>", "<w:i/><w:iCs/><w:caps/>"),
    "Title": ("Title", '<w:contextualSpacing/><w:jc w:val="center"/>',
              f'<w:rFonts {_THEME}/><w:spacing w:val="-10"/><w:kern w:val="28"/><w:sz w:val="56"/>'),
    "Subtitle": ("Subtitle", '<w:numPr><w:ilvl w:val="1"/></w:numPr><w:spacing w:after="160"/>',
                 '<w:rFonts w:eastAsiaTheme="minorEastAsia"/><w:color w:val="5A5A5A" '
                 'w:themeColor="text1" w:themeTint="A5"/><w:spacing w:val="15"/>'),
    "Quote": ("Quote", '<w:spacing w:before="200"/><w:ind w:left="864" w:right="864"/>'
              '<w:jc w:val="center"/>', '<w:i/><w:iCs/><w:color w:val="404040"/>'),
    "IntenseQuote": ("Intense Quote", '<w:pBdr><w:top w:val="single" w:sz="4" w:space="10" '
                     'w:color="5B9BD5"/><w:bottom w:val="single" w:sz="4" w:space="10" '
                     'w:color="5B9BD5"/></w:pBdr><w:jc w:val="center"/>',
                     '<w:i/><w:iCs/><w:color w:val="5B9BD5" w:themeColor="accent1"/>'),
    "NoSpacing": ("No Spacing", '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>', ""),
    "ListParagraph": ("List Paragraph", '<w:ind w:leftChars="400" w:left="840"/>', ""),
    "Caption": ("caption", '<w:spacing w:after="200"/>', "<w:b/><w:bCs/><w:sz w:val=\"18\"/>"),
    "Date": ("Date", '<w:jc w:val="right"/>', ""),
    "Salutation": ("Salutation", "", '<w:lang w:val="en-US"/>'),
    "Closing": ("Closing", '<w:jc w:val="right"/>', ""),
    "PlainText": ("Plain Text", "", '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" '
                  'w:eastAsia="ＭＳ ゴシック" w:cs="Courier New"/>'),
    "TOCHeading": ("TOC Heading", '<w:outlineLvl w:val="9"/>', f"<w:rFonts {_THEME}/>"),
    "BodyTextIndent": ("Body Text Indent", '<w:ind w:firstLineChars="100" w:firstLine="210"/>', ""),
}  # fmt: skip
_CHARACTER_STYLES = {
    "Emphasis": ("Emphasis", "<w:i/><w:iCs/>"),
    "IntenseEmphasis": ("Intense Emphasis", '<w:i/><w:iCs/><w:color w:val="5B9BD5"/>'),
    "SubtleEmphasis": ("Subtle Emphasis", '<w:i/><w:iCs/><w:color w:val="404040"/>'),
    "SubtleReference": ("Subtle Reference", '<w:smallCaps/><w:color w:val="5A5A5A"/>'),
    "IntenseReference": ("Intense Reference", "<w:b/><w:bCs/><w:smallCaps/>"),
    "BookTitle": ("Book Title", '<w:b/><w:bCs/><w:i/><w:iCs/><w:spacing w:val="5"/>'),
    "PlaceholderText": ("Placeholder Text", '<w:color w:val="808080"/>'),
}
_EFFECTS = {
    "italic": "<w:i/><w:iCs/>",
    "bold italic": "<w:b/><w:bCs/><w:i/><w:iCs/>",
    "underline wave": '<w:u w:val="wave" w:color="FF0000"/>',
    "underline dotted": '<w:u w:val="dotted"/>',
    "underline thick": '<w:u w:val="thick"/>',
    "underline words": '<w:u w:val="words"/>',
    "strike": "<w:strike/>",
    "double strike": "<w:dstrike/>",
    "superscript": '<w:vertAlign w:val="superscript"/>',
    "subscript": '<w:vertAlign w:val="subscript"/>',
    "small caps": "<w:smallCaps/>",
    "all caps": "<w:caps/>",
    "outline": "<w:outline/>",
    "shadow": "<w:shadow/>",
    "emboss": "<w:emboss/>",
    "imprint": "<w:imprint/>",
    "highlight": '<w:highlight w:val="yellow"/>',
    "shading of characters": '<w:shd w:val="pct15" w:color="auto" w:fill="FFFFFF"/>',
    "frame around characters": '<w:bdr w:val="single" w:sz="4" w:space="0" w:color="auto"/>',
    "width of characters": '<w:w w:val="66"/>',
    "spacing of characters": '<w:spacing w:val="40"/>',
    "raised": '<w:position w:val="6"/>',
    "kerning": '<w:kern w:val="28"/>',
    "dots above": '<w:em w:val="dot"/>',
    "commas above": '<w:em w:val="comma"/>',
    "circles above": '<w:em w:val="circle"/>',
    "dots below": '<w:em w:val="underDot"/>',
    "right to left": '<w:rtl/><w:lang w:bidi="ar-SA"/>',
    "complex script": '<w:cs/><w:bCs/><w:szCs w:val="40"/>',
    "Mincho": '<w:rFonts w:ascii="Century" w:hAnsi="Century" w:eastAsia="ＭＳ 明朝"/>',
    "Meiryo UI": '<w:rFonts w:ascii="Meiryo UI" w:hAnsi="Meiryo UI" w:eastAsia="Meiryo UI"/>',
    "Arial": '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>',
    "theme font": '<w:rFonts w:asciiTheme="minorHAnsi" w:eastAsiaTheme="minorEastAsia"/>',
    "English": '<w:lang w:val="en-US" w:eastAsia="en-US"/>',
    "animation": '<w:effect w:val="blinkBackground"/>',
}
_W14 = {
    "glow": '<w14:glow w14:rad="63500"><w14:schemeClr w14:val="accent1"/></w14:glow>',
    "text outline": '<w14:textOutline w14:w="11112" w14:cap="flat" w14:cmpd="sng" w14:algn="ctr">'
    '<w14:solidFill><w14:schemeClr w14:val="accent1"/></w14:solidFill></w14:textOutline>',
    "ligatures": '<w14:ligatures w14:val="standardContextual"/>',
    "number form": '<w14:numForm w14:val="oldStyle"/>',
}
LISTS = (
    "decimal", "decimalZero", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter", "ordinal",
    "aiueo", "aiueoFullWidth", "iroha", "irohaFullWidth",
    "decimalFullWidth", "decimalFullWidth2", "decimalEnclosedCircle", "decimalEnclosedParen",
    "decimalEnclosedFullstop", "japaneseCounting", "japaneseDigitalTenThousand", "japaneseLegal",
    "ideographTraditional", "ideographZodiac", "numberInDash", "chicago", "none",
)  # fmt: skip
BULLETS = {
    "Wingdings": "\uf06c", "Symbol": "\uf0b7", "Wingdings square": "\uf06e", "tick": "\uf0fc",
    "arrow": "\uf0d8", "diamond": "\uf075", "Courier": "o", "own": "★", "hyphen": "-",
}  # fmt: skip


def numbering(form: str, text: str = "%1.", rpr: str = "", suffix: str = "") -> str:
    tail = f'<w:suff w:val="{suffix}"/>' if suffix else ""
    run = f"<w:rPr>{rpr}</w:rPr>" if rpr else ""
    return (
        '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{tail}'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="420" w:hanging="420"/></w:pPr>{run}</w:lvl>'
        f'<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        '<w:lvlText w:val="%1-%2"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="840" w:hanging="420"/></w:pPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )


def listed(text: str, level: int = 0) -> str:
    return p(text, ppr=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def simple_field(instruction: str, result: str = "1") -> str:
    return (
        f'<w:p><w:r><w:t>令和八年の見本</w:t></w:r><w:fldSimple w:instr=" {instruction} ">'
        f"<w:r><w:t>{result}</w:t></w:r></w:fldSimple></w:p>"
    )


def complex_field(instruction: str, result: str = "1") -> str:
    return (
        '<w:p><w:r><w:t>令和八年の見本</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def _sides(kind: str, names: str = "top left bottom right") -> str:
    return "".join(
        f'<w:{n} w:val="{kind}" w:sz="6" w:space="1" w:color="auto"/>' for n in names.split()
    )


def run(inside: str, before: str = "令和八年の", after: str = "見本") -> str:
    return (
        f"<w:p><w:r><w:t>{before}</w:t></w:r><w:r>{inside}</w:r><w:r><w:t>{after} "
        "{{ person_name }}</w:t></w:r></w:p>"
    )


def _sdt(properties: str, text: str = "令和八年の見本") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{p(text)}</w:sdtContent></w:sdt>"


def styles_of_word() -> Iterator[Feature]:
    """The gallery of styles."""
    for key, (name, ppr, rpr) in _STYLES.items():
        body = p(TEXT, ppr=f'<w:pStyle w:val="{key}"/>')
        yield Feature(f"style {name}", body, parts={"styles": style(key, name, ppr, rpr)})
    for key, (name, rpr) in _CHARACTER_STYLES.items():
        body = p(TEXT, rpr=f'<w:rStyle w:val="{key}"/>')
        parts = {"styles": style(key, name, "", rpr, "character")}
        yield Feature(f"style {name}", body, parts=parts)


def effects() -> Iterator[Feature]:
    """The font dialog."""
    for name, rpr in _EFFECTS.items():
        yield Feature(f"font: {name}", p(TEXT, rpr=rpr))
    for name, rpr in _W14.items():
        yield Feature(f"text effect: {name}", p(TEXT, rpr=rpr).replace("<w:r>", f"<w:r {A14}>"))


def lists() -> Iterator[Feature]:
    """Numbers and bullets."""
    items = listed(TEXT) + listed("二つ目", 1) + listed("三つ目")
    for form in LISTS:
        yield Feature(f"numbers: {form}", items, parts={"numbering": numbering(form)})
    for name, char in BULLETS.items():
        font = name.split()[0]
        rpr = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:hint="default"/>'
        parts = {"numbering": numbering("bullet", char, rpr)}
        yield Feature(f"bullet: {name}", items, parts=parts)
    parts = {"numbering": numbering("decimal", "第%1条", suffix="space")}
    yield Feature("numbers: own text", items, parts=parts)
    parts = {
        "numbering": numbering("decimal"),
        "styles": style("li", "List Number", '<w:numPr><w:numId w:val="1"/></w:numPr>'),
    }
    yield Feature("numbers by style", p(TEXT, ppr='<w:pStyle w:val="li"/>'), parts=parts)


def paragraphs() -> Iterator[Feature]:
    """Borders, tabs, indents, alignment."""
    for kind in ("single", "double", "dotted", "dashed", "thick", "wave", "triple", "dotDash"):
        yield Feature(f"border {kind}", p(TEXT, ppr=f"<w:pBdr>{_sides(kind)}</w:pBdr>"))
    for kind in ("left", "center", "right", "decimal", "bar", "num"):
        tabs = f'<w:tabs><w:tab w:val="{kind}" w:leader="dot" w:pos="4000"/></w:tabs>'
        yield Feature(f"tab {kind}", run("<w:tab/>").replace("<w:p>", f"<w:p><w:pPr>{tabs}</w:pPr>"),
                      printed="令和八年の")  # fmt: skip
    for name, ppr in {
        "justified": '<w:jc w:val="both"/>',
        "start": '<w:jc w:val="start"/>',
        "shading": '<w:shd w:val="clear" w:color="auto" w:fill="DDDDDD"/>',
        "hanging in characters": '<w:ind w:leftChars="200" w:left="420" w:hangingChars="100" '
        'w:hanging="210"/>',
        "widow and keep": "<w:keepNext/><w:keepLines/><w:widowControl/>",
        "line one and a half": '<w:spacing w:line="360" w:lineRule="auto"/>',
        "space before in lines": '<w:spacing w:beforeLines="50" w:before="180"/>',
        "outline level": '<w:outlineLvl w:val="2"/>',
        "no hyphenation": '<w:suppressAutoHyphens/><w:wordWrap w:val="0"/>',
        "snap off": '<w:snapToGrid w:val="0"/><w:textAlignment w:val="center"/>',
    }.items():
        yield Feature(f"paragraph: {name}", p(TEXT, ppr=ppr))


def symbols() -> Iterator[Feature]:
    """Insert: symbols, breaks, fields, controls, links."""
    yield Feature("non-breaking hyphen", run("<w:noBreakHyphen/>"), printed="令和八年の")
    yield Feature("soft hyphen", run("<w:softHyphen/>"))
    yield Feature("symbol", run('<w:sym w:font="Wingdings" w:char="F0FC"/>'), printed="令和八年の")
    yield Feature("line break", run("<w:br/>"), printed="令和八年の")
    yield Feature("carriage return", run("<w:cr/>"), printed="令和八年の")
    yield Feature("page break", run('<w:br w:type="page"/>'), printed="令和八年の")
    yield Feature("column break", run('<w:br w:type="column"/>'), printed="令和八年の")
    yield Feature("position tab", run('<w:ptab w:relativeTo="margin" w:alignment="right" '
                  'w:leader="none"/>'), printed="令和八年の")  # fmt: skip
    for code in ("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGE \\* Arabic",
                 "SEQ 図 \\* ARABIC", "STYLEREF 1", "REF _Ref1 \\h", "PAGEREF _Ref1 \\h"):  # fmt: skip
        yield Feature(f"field {code}", complex_field(code))
    yield Feature("simple field", simple_field("PAGE"))
    yield Feature("bookmark", '<w:p><w:bookmarkStart w:id="3" w:name="_Ref1"/><w:r><w:t>令和八年の見本'
                  '</w:t></w:r><w:bookmarkEnd w:id="3"/></w:p>')  # fmt: skip
    yield Feature("link inside", '<w:p><w:hyperlink w:anchor="_Ref1"><w:r><w:t>令和八年の見本</w:t>'
                  "</w:r></w:hyperlink></w:p>")  # fmt: skip
    yield Feature("control: text", _sdt('<w:alias w:val="件名"/><w:text/>'))
    yield Feature("control: list", _sdt('<w:dropDownList><w:listItem w:displayText="令和" '
                  'w:value="1"/></w:dropDownList>'))  # fmt: skip
    yield Feature("proofing marks", '<w:p><w:proofErr w:type="spellStart"/><w:r><w:t>令和八年の見本'
                  '</w:t></w:r><w:proofErr w:type="spellEnd"/></w:p>')  # fmt: skip


def tables() -> Iterator[Feature]:
    """Tables and their design."""
    plain = table([("令和八年の見本", "{{ person_name }}"), ("い", "ろ")])
    yield Feature("table", plain)
    yield Feature("table of a style", plain.replace("<w:tblPr>", '<w:tblPr><w:tblStyle '
                  'w:val="GridTable4"/><w:tblLook w:val="04A0" w:firstRow="1"/>', 1),
                  parts={"styles": _TABLE_STYLE})  # fmt: skip
    yield Feature("table with fitted columns", plain.replace('<w:tblLayout w:type="fixed"/>', ""))
    yield Feature(
        "merged cells", plain.replace("<w:tcPr>", '<w:tcPr><w:vMerge w:val="restart"/>', 1)
    )
    yield Feature(
        "cell in the middle", plain.replace("</w:tcPr>", '<w:vAlign w:val="center"/></w:tcPr>')
    )
    yield Feature(
        "table in percent",
        plain.replace('w:w="9600" w:type="dxa"', 'w:w="5000" w:type="pct"'),
    )
    yield Feature(
        "repeated heading", plain.replace("<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", 1)
    )
    yield Feature("centred table", plain.replace("<w:tblPr>", '<w:tblPr><w:jc w:val="center"/>'))
    yield Feature("table in a table", plain.replace("</w:tc>", f"{plain}{p('')}</w:tc>", 1))


_TABLE_STYLE = (
    '<w:style w:type="table" w:styleId="GridTable4"><w:name w:val="Grid Table 4 Accent 1"/>'
    f"<w:tblPr><w:tblBorders>{_sides('single')}</w:tblBorders></w:tblPr>"
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:i/><w:color w:val="FFFFFF"/></w:rPr><w:tcPr>'
    '<w:shd w:val="clear" w:color="auto" w:fill="5B9BD5"/></w:tcPr></w:tblStylePr></w:style>'
)


def pages() -> Iterator[Feature]:
    """Layout: paper, sections, headers and footers."""
    body = p(TEXT)
    for name, sect in {
        "page border": f"<w:pgBorders>{_sides('single')}</w:pgBorders>",
        "page number form": '<w:pgNumType w:fmt="decimalFullWidth" w:start="3"/>',
        "two columns": '<w:cols w:num="2" w:space="425"/>',
        "grid of lines": '<w:docGrid w:type="lines" w:linePitch="360"/>',
        "grid of characters": '<w:docGrid w:type="linesAndChars" w:linePitch="360"/>',
        "first page": "<w:titlePg/>",
    }.items():
        yield Feature(f"section: {name}", body, parts={"sect": sect})
    wide = '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
    yield Feature("section: landscape", p(TEXT) + f"<w:p><w:pPr>{wide}</w:pPr></w:p>" + p("次"))
    yield Feature("header", body, parts={"header": p("令和八年の見出し", rpr="<w:i/>")})
    yield Feature("footer with numbers", body, parts={"footer": complex_field("PAGE")})


_WORD2010 = (
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def elsewhere() -> list[Feature]:
    """What the embedded engine can't print: another engine has to, and the check names it."""
    box = (
        f'<w:r><w:drawing {_WORD2010}><wp:inline><wp:extent cx="1000000" cy="500000"/>'
        '<wp:docPr id="1" name="b"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx>'
        f"<w:txbxContent>{p('枠の中')}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData>"
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )
    vml = (
        '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><w:txbxContent>'
        f"{p('枠の中')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    ruby = (
        "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>みほん</w:t></w:r></w:rt><w:rubyBase><w:r>"
        "<w:t>見本</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    math = f"<m:oMath {_MATH}><m:r><m:t>x</m:t></m:r></m:oMath>"
    plain = table([("令和八年の見本", "{{ person_name }}"), ("い", "ろ")])
    item = listed(TEXT)
    found = [
        Feature("text box", f"<w:p>{box}</w:p>"),
        Feature("old text box", f"<w:p>{vml}</w:p>"),
        Feature("ruby", f"<w:p>{ruby}</w:p>"),
        Feature("formula", f"<w:p>{math}</w:p>"),
        Feature("enclosed character", complex_field("EQ \\o\\ac(○,印)", "")),
        Feature("drop cap", p(TEXT, ppr='<w:framePr w:dropCap="drop" w:lines="2"/>')),
        Feature("distributed", p(TEXT, ppr='<w:jc w:val="distribute"/>')),
        Feature("fitted text", p(TEXT, rpr='<w:fitText w:val="2000"/>')),
        Feature("two in one", p(TEXT, rpr='<w:eastAsianLayout w:combine="1"/>')),
        Feature(
            "vertical cell", plain.replace("</w:tcPr>", '<w:textDirection w:val="tbRl"/></w:tcPr>')
        ),
        Feature("text in the middle", p(TEXT), parts={"sect": '<w:vAlign w:val="center"/>'}),
        Feature("line numbers", p(TEXT), parts={"sect": '<w:lnNumType w:countBy="1"/>'}),
    ]
    for form in ("cardinalText", "ordinalText", "hebrew1", "russianLower"):
        found.append(Feature(f"numbers: {form}", item, parts={"numbering": numbering(form)}))
    return found


def features() -> list[Feature]:
    """Everything that prints with the embedded engine alone."""
    makers: tuple[Callable[[], Iterator[Feature]], ...] = (
        styles_of_word, effects, lists, paragraphs, symbols, tables, pages,
    )  # fmt: skip
    return [feature for make in makers for feature in make()]


def with_picture(name: str, data: bytes) -> bytes:
    """A template with an inline picture; name: the part's, ``image1.gif``."""
    whole = unzipped(Feature("picture", p(TEXT) + _PICTURE).docx())
    relation = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/image" Target="media/{name}"/></Relationships>'
    )
    ending = name.rpartition(".")[2]
    rels, types = "word/_rels/document.xml.rels", "[Content_Types].xml"
    whole[rels] = whole[rels].replace(b"</Relationships>", relation.encode())
    default = f'<Default Extension="{ending}" ContentType="image/{ending}"/></Types>'
    whole[types] = whole[types].replace(b"</Types>", default.encode())
    return zipped({**whole, f"word/media/{name}": data})


_PICTURE = (
    '<w:p><w:r><w:drawing xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<wp:inline><wp:extent cx="720000" cy="720000"/><wp:docPr id="1" name="p"/><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    '<a:blip r:embed="rId9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="720000" cy="720000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
    "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
)


def picture(form: str, mode: str = "RGB") -> bytes:
    """A small picture (a seal's size) in a format of Pillow."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (60, 60), 255)
    ImageDraw.Draw(image).ellipse((4, 4, 56, 56), outline=0, width=5)
    out = io.BytesIO()
    image.convert(mode).save(out, form)
    return out.getvalue()
