"""Styles, fonts and settings that all letters share; what a user changes in Word to restyle them.

One Japanese typeface for every script: the embedded PDF engine picks a font per run, and a second
family for Latin would change the run's kanji, too. Every pitch is exact, so that page breaks do
not depend on the font that a machine has.
"""

from dataclasses import dataclass

from shikaku.letters.design.blocks import ACCENT

FONT = "BIZ UDゴシック"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FONTS = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'

# No hanging punctuation and no space between scripts, or lines break differently from engine to
# engine. (LibreOffice 7.4 sets that space all the same: leave a little room.)
_PLAIN_SETTING = '<w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'


@dataclass(frozen=True)
class Style:
    """A paragraph style; sizes, pitch and indents in points.

    pitch: from line to line, exact; 0 is 1.45 times the size, enough for any Japanese font.
    """

    id: str
    name: str
    size: float = 10.5
    pitch: float = 0
    align: str = "left"
    bold: bool = False
    color: str = ""
    left: float = 0
    hanging: float = 0
    first: float = 0
    keep: bool = False
    spacing: float = 0  # between letters

    def xml(self) -> str:
        """The style's definition."""
        indent = ""
        pitch = self.pitch or self.size * 1.45
        if self.left or self.hanging or self.first:
            second = f' w:hanging="{round(self.hanging * 20)}"' if self.hanging else ""
            if self.first:
                second = f' w:firstLine="{round(self.first * 20)}"'
            indent = f'<w:ind w:left="{round(self.left * 20)}"{second}/>'
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{self.id}">'
            f'<w:name w:val="{self.name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
            "<w:pPr>"
            + ("<w:keepNext/>" if self.keep else "")
            + _PLAIN_SETTING
            + f'<w:spacing w:line="{round(pitch * 20)}" w:lineRule="exact"/>'
            f'{indent}<w:jc w:val="{self.align}"/></w:pPr><w:rPr>'
            + ("<w:b/><w:bCs/>" if self.bold else "")
            + (f'<w:color w:val="{self.color}"/>' if self.color else "")
            + (f'<w:spacing w:val="{round(self.spacing * 20)}"/>' if self.spacing else "")
            + f'<w:sz w:val="{round(self.size * 2)}"/><w:szCs w:val="{round(self.size * 2)}"/>'
            "</w:rPr></w:style>"
        )


PARAGRAPHS = (
    Style("LetterBody", "手紙 本文", 11, 18.5, first=11),
    Style("LetterPlain", "手紙 本文(字下げなし)", 11, 18.5),
    Style("LetterRight", "手紙 右寄せ", 11, 18.5, align="right"),
    Style("LetterCentre", "手紙 中央", 11, 18.5, align="center", keep=True),
    Style("LetterTitle", "手紙 件名", 15.5, 24, "center", True),
    Style("LetterHeading", "手紙 見出し", 11, 18, bold=True, color=ACCENT, keep=True),
    Style("LetterItem", "手紙 箇条書き", 10.5, 16.5, left=12, hanging=10.5),
    Style("LetterNumbered", "手紙 番号つき箇条書き", 10.5, 16.5, left=22.5, hanging=21),
    Style("LetterNote", "手紙 注記", 9, 14, left=9, hanging=9),
    Style("LetterMeta", "差出 番号・日付", 9.5, 14.5, "right"),
    Style("SenderName", "差出 名称", 12, 18, bold=True),
    Style("SenderLine", "差出 所在地", 8.5, 12.5),
    Style("AddressLine", "宛先 住所", 9.5, 12.8),
    Style("AddressOrganisation", "宛先 名称", 11, 14.6),
    Style("AddressName", "宛先 氏名", 13, 18),
    Style("AddressLong", "宛先 長い名称", 8.5, 10),
    Style("Cell", "表 本文", 9.5),
    Style("CellCentre", "表 中央", 9.5, align="center"),
    Style("CellHead", "表 見出し", 9, align="center", bold=True, color=ACCENT),
    Style("CellSmall", "表 小さい字", 8.5),
    Style("CellSmallCentre", "表 小さい字 中央", 8.5, align="center"),
    Style("CellBig", "表 大きい字", 13, bold=True),
    Style("CellBigCentre", "表 大きい字 中央", 12, align="center", bold=True),
    Style("BoxHeading", "囲み 見出し", 10.5, 16.5, bold=True, color=ACCENT, keep=True),
    Style("BoxItem", "囲み 箇条書き", 9, 14, left=10.5, hanging=9),
    Style("BoxText", "囲み 本文", 9, 14),
    Style("FormTitle", "様式 表題", 16, 26, "center", True, spacing=1),
    Style("FormTick", "様式 選択肢", 9.5, 15, left=12, hanging=10),
    Style("PostcardTitle", "はがき 表題", 14, bold=True, color="FFFFFF", spacing=1.5),
    Style("PostcardTag", "はがき 区分", 8, align="right", bold=True, color="FFFFFF"),
    Style("PostcardLabel", "はがき 項目名", 6.5, color=ACCENT),
    Style("PostcardText", "はがき 本文", 10.5),
    Style("PostcardStrong", "はがき 有効期限", 12.5, bold=True),
    Style("PostcardName", "はがき 氏名", 16, bold=True),
    Style("PostcardNameLong", "はがき 長い氏名", 10, 12, bold=True),
    Style("PostcardTextLong", "はがき 長い文字", 8.5, 10),
    Style("PostcardHeading", "はがき 裏 見出し", 7.5, bold=True, color=ACCENT),
    Style("PostcardNote", "はがき 裏 本文", 6.5, 9.8, left=6.5, hanging=6.5),
    Style("CardTitle", "カード 表題", 10.5, bold=True, color=ACCENT, spacing=0.6),
    Style("CardTag", "カード 区分", 7.5, align="right"),
    Style("CardLabel", "カード 項目名", 5.5, 7.6, color=ACCENT),
    Style("CardText", "カード 本文", 8, 11),
    Style("CardName", "カード 氏名", 11.5, bold=True),
    Style("CardNameLong", "カード 長い氏名", 7.5, 8.4, bold=True),
    Style("CardTextLong", "カード 長い文字", 6.5, 7.4),
    Style("CardNote", "カード 注記", 6),
)

_CHARACTERS = {
    "AccentText": ("強調(色)", f'<w:b/><w:bCs/><w:color w:val="{ACCENT}"/>'),
    "Barcode": ("バーコード", '<w:sz w:val="2"/><w:szCs w:val="2"/>'),
    "LongText": ("長い文字", '<w:sz w:val="17"/><w:szCs w:val="17"/>'),
    "LongName": ("長い氏名", '<w:sz w:val="19"/><w:szCs w:val="19"/>'),
    "LongLabel": ("長いフリガナ", '<w:sz w:val="10"/><w:szCs w:val="10"/>'),
}


def styles() -> str:
    """word/styles.xml."""
    characters = "".join(
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{key}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/>'
        f"<w:rPr>{look}</w:rPr></w:style>"
        for key, (name, look) in _CHARACTERS.items()
    )
    return (
        f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONTS}'
        '<w:sz w:val="21"/><w:szCs w:val="21"/>'
        '<w:lang w:val="ja-JP" w:eastAsia="ja-JP" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:widowControl w:val="0"/>'
        '<w:spacing w:before="0" w:after="0" w:line="350" w:lineRule="exact"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"<w:qFormat/><w:pPr>{_PLAIN_SETTING}</w:pPr></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/>'
        "</w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>'
        "</w:style>"
        '<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/>'
        '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:line="240" w:lineRule="exact"/>'
        '<w:jc w:val="center"/></w:pPr><w:rPr><w:sz w:val="17"/><w:szCs w:val="17"/></w:rPr>'
        "</w:style>"
        '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/><w:rPr><w:b/><w:bCs/></w:rPr>'
        "</w:style>"
        '<w:style w:type="paragraph" w:customStyle="1" w:styleId="PageStart">'
        '<w:name w:val="手紙 改ページ"/><w:basedOn w:val="Normal"/><w:pPr><w:pageBreakBefore/>'
        '<w:spacing w:line="20" w:lineRule="exact"/></w:pPr>'
        '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:style>'
        # a picture has the height that it has: an exact pitch would cut it
        + '<w:style w:type="paragraph" w:customStyle="1" w:styleId="BarcodeLine">'
        '<w:name w:val="バーコードの行"/><w:basedOn w:val="Normal"/><w:pPr>'
        '<w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/></w:pPr>'
        '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:style>'
        + "".join(style.xml() for style in PARAGRAPHS)
        + characters
        + "</w:styles>"
    )


SETTINGS = (
    f'<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="840"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="ja-JP" w:eastAsia="ja-JP"/></w:settings>'
)

# Where the first font is missing, Word takes the next of the alternative names, then a font of
# the same character set and class.
FONT_TABLE = (
    f'<w:fonts xmlns:w="{_W}"><w:font w:name="{FONT}">'
    '<w:altName w:val="BIZ UDGothic,游ゴシック,Yu Gothic,ヒラギノ角ゴ ProN"/>'
    '<w:panose1 w:val="020B0400000000000000"/><w:charset w:val="80"/>'
    '<w:family w:val="modern"/><w:pitch w:val="fixed"/></w:font></w:fonts>'
)
