"""What the embedded PDF engine would lose or misplace in a Word file, found before it happens.

rdocx gives no warning for most of this, so a template with one of these goes to LibreOffice or
Word (``--pdf-engine auto``), and ``templates check`` says how to do without.
"""

from collections.abc import Mapping

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text
from shikaku.letters.docx.package import w

_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_WPG = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
_LABELS = {"document.main": "本文", "header": "ヘッダー", "footer": "フッター"}
_NUMBERS = frozenset(
    ["decimal", "bullet", "upperLetter", "lowerLetter", "upperRoman", "lowerRoman", "none"]
)

# Element → what happens, and the way out.
_ELEMENTS = {
    w("pict"): ("古い形式の図形・テキストボックス", "表に置き換えてください。"),
    w("object"): ("埋め込みオブジェクト", "画像に置き換えてください。"),
    f"{{{_WPS}}}wsp": ("図形・テキストボックス", "罫線か表に置き換えてください。"),
    f"{{{_WPG}}}wgp": ("グループ化した図形", "画像か表に置き換えてください。"),
    w("framePr"): ("レイアウト枠", "表に置き換えてください。"),
    w("ruby"): ("ルビ(ふりがな)", "ふりがなを別の行に書いてください。"),
    w("fitText"): ("文字の均等割り付け", "文字の間に空白を入れてください。"),
    w("eastAsianLayout"): ("縦中横・組み文字", "普通の文字で書いてください。"),
    w("footnoteReference"): ("脚注", "本文に書いてください。"),
    w("endnoteReference"): ("文末脚注", "本文に書いてください。"),
}


def lint(parts: Mapping[str, bytes]) -> list[Problem]:
    """The warnings for a template's (or letter's) parts, in the order of the document."""
    found: list[Problem] = []
    for ending, where in _LABELS.items():
        for part in package.of_type(parts, ending):
            root = package.parse(parts[part])
            found += _part(root, where)
    main = package.parse(parts[package.main_part(parts)])
    found += _sections(main)
    found += _first_space(main, parts)
    found += _numbers(main, parts)
    found += _linked(parts)
    return list(dict.fromkeys(found))


def _warn(where: str, text: str, what: str, hint: str) -> Problem:
    return Problem(
        "warning", where, text, f"{what}は、組み込みのPDFエンジンでは正しく出ません。", hint
    )


def _part(root: etree._Element, where: str) -> list[Problem]:
    found = []
    for element in root.iter(*_ELEMENTS):
        if _in_fallback(element):
            continue
        what, hint = _ELEMENTS[element.tag]
        found.append(_warn(where, _near(element), what, hint))
    for justify in root.iter(w("jc")):
        if justify.get(w("val")) in ("distribute", "thaiDistribute"):
            found.append(
                _warn(
                    where,
                    _near(justify),
                    "段落の均等割り付け",
                    "文字の間に全角の空白を入れてください。",
                )
            )
    for direction in root.iter(w("textDirection")):
        if direction.get(w("val")) not in ("lrTb", None):
            found.append(_warn(where, _near(direction), "縦書き", "横書きにしてください。"))
    for width in root.iter(w("tblW")):
        if width.get(w("type")) == "pct":
            found.append(
                _warn(
                    where,
                    _near(width),
                    "割合(%)で決めた表の幅",
                    "表のプロパティで幅をmmで決めてください。",
                )
            )
    return found


def _in_fallback(element: etree._Element) -> bool:
    """Word keeps an old-style copy of each shape; the shape itself is already listed."""
    return any(a.tag.endswith("}Fallback") for a in element.iterancestors())


def _near(element: etree._Element) -> str:
    """The text of the paragraph, or of the first one of the table, that an element belongs to."""
    for ancestor in element.iterancestors(w("p"), w("tc"), w("tbl")):
        paragraph = ancestor if ancestor.tag == w("p") else next(ancestor.iter(w("p")), None)
        text = paragraph_text(paragraph) if paragraph is not None else ""
        if text.strip():
            return text
    return ""


def _sections(root: etree._Element) -> list[Problem]:
    found = []
    for kind in root.iterfind(f".//{w('sectPr')}/{w('type')}"):
        if kind.get(w("val")) == "continuous":
            found.append(
                _warn(
                    "本文",
                    "",
                    "改ページしないセクション区切り",
                    "「次のページから開始」に変えてください。",
                )
            )
    return found


def _first_space(root: etree._Element, parts: Mapping[str, bytes]) -> list[Problem]:
    """Space before the first paragraph of the body: rdocx leaves it out."""
    body = root.find(w("body"))
    first = body[0] if body is not None and len(body) else None
    spacing = first.find(f"{w('pPr')}/{w('spacing')}") if first is not None else None
    before = spacing.get(w("before"), "0") if spacing is not None else "0"
    if first is None or first.tag != w("p") or before in ("0", ""):
        return []
    return [
        _warn(
            "本文",
            paragraph_text(first),
            "最初の段落の「段落前」の空き",
            "空きの代わりに、行の高さを決めた空の段落を入れてください。",
        )
    ]


def _numbers(root: etree._Element, parts: Mapping[str, bytes]) -> list[Problem]:
    """List labels in kanji, circles or full width: rdocx leaves the label out."""
    used = {e.get(w("val")) for e in root.iter(w("numId"))}
    types = package.content_types(parts)
    numbering = next((p for p, t in types.items() if t.endswith(".numbering+xml")), None)
    if numbering is None or not used:
        return []
    lists = package.parse(parts[numbering])
    abstract = {
        link.get(w("val"))
        for n in lists.iterfind(w("num"))
        for link in n.iterfind(w("abstractNumId"))
        if n.get(w("numId")) in used
    }
    for one in lists.iterfind(w("abstractNum")):
        if one.get(w("abstractNumId")) not in abstract:
            continue
        levels = {e.get(w("val")) for e in one.iterfind(f"{w('lvl')}/{w('numFmt')}")}
        if levels - _NUMBERS:
            return [
                _warn(
                    "本文",
                    "",
                    "全角・丸数字・漢数字などの段落番号",
                    "番号を文字で書き、ぶら下げインデントで揃えてください。",
                )
            ]
    return []


def _linked(parts: Mapping[str, bytes]) -> list[Problem]:
    """Whatever Word would fetch from elsewhere when the letter is opened."""
    found = []
    for part in [package.main_part(parts), "word/settings.xml"]:
        for relation in package.relationships(parts, part):
            if relation.get("TargetMode") != "External":
                continue
            if relation.get("Type", "").endswith("/hyperlink"):
                continue
            found.append(
                Problem(
                    "warning",
                    "本文",
                    "",
                    "ほかの場所にあるファイル(リンクされた画像やテンプレート)を読み込む設定があります。",
                    "画像は文書の中に挿入し、添付テンプレートは「標準」に戻してください。",
                )
            )
    return found
