"""What the embedded PDF engine would lose or misplace in a Word file, found before it happens.

rdocx gives no warning for most of this, so a template with one of these goes to LibreOffice or
Word (``--pdf-engine auto``), and ``templates check`` says how to do without.
"""

import copy
import re
import unicodedata
from collections.abc import Iterator, Mapping

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.jinja_syntax import Problem, paragraph_text
from shikaku.letters.docx.list_numbers import FORMS, Lists
from shikaku.letters.docx.package import R, w
from shikaku.letters.docx.word_fields import fields_of
from shikaku.letters.pdf.rdocx.layout import join_sections
from shikaku.letters.pdf.rdocx.pictures import drawable, is_picture

_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_WPG = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
_LABELS = {"document.main": "本文", "header": "ヘッダー", "footer": "フッター"}
_NUMBERS = frozenset([*FORMS, "bullet"])
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"

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
    w("lnNumType"): ("行番号", "行番号をなくしてください。"),
    w("altChunk"): ("ほかの形式の文書の埋め込み", "内容を本文に貼り付けてください。"),
    f"{{{_MATH}}}oMath": ("数式", "普通の文字で書いてください。"),
    f"{{{_CHART}}}chart": ("グラフ", "画像に置き換えてください。"),
    f"{{{_DIAGRAM}}}relIds": ("SmartArt", "画像か表に置き換えてください。"),
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
    found += _numbers(main, parts)
    found += _pictures(parts)
    return list(dict.fromkeys(found))


def _warn(where: str, text: str, what: str, hint: str) -> Problem:
    return Problem(
        "warning", where, text, f"{what}は、組み込みのPDFエンジンでは正しく出ません。", hint, True
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
    for section in join_sections(copy.deepcopy(root)):
        hint = (
            "前後のセクションの余白・段組みを同じにするか、「次のページから開始」に変えてください。"
        )
        found.append(_warn("本文", _near(section), "改ページしないセクション区切り", hint))
    for section in root.iter(w("sectPr")):
        align = section.find(w("vAlign"))
        if align is not None and align.get(w("val")) not in (None, "top"):
            hint = "「上寄せ」に変え、空の段落で位置を決めてください。"
            found.append(_warn("本文", "", "ページの垂直方向の配置", hint))
    return found


def plainer(parts: Mapping[str, bytes]) -> list[Problem]:
    """Looks that the engine leaves out; the text stands there all the same."""
    found = []
    for ending, where in _LABELS.items():
        for part in package.of_type(parts, ending):
            for element in package.parse(parts[part]).iter(w("bdr"), w("w")):
                if package.parent(element).tag == w("rPr") and element.get(w("val")) not in (
                    "nil", "none", "100", None,
                ):  # fmt: skip
                    what = "文字の囲み線" if element.tag == w("bdr") else "文字幅の拡大・縮小"
                    found.append(
                        Problem(
                            "warning",
                            where,
                            _near(element),
                            f"{what}は、組み込みのPDFエンジンではふつうの文字になります。",
                            "そのとおりに印字するには --pdf-engine word か libreoffice を選んでください。",
                        )
                    )
    return list(dict.fromkeys(found))


def _numbers(root: etree._Element, parts: Mapping[str, bytes]) -> list[Problem]:
    """List labels in a form of numbers that we can't write (words, other scripts)."""
    lists = Lists(parts)
    for paragraph in root.iter(w("p")):
        label = lists.label(paragraph)
        form = label.level.find(w("numFmt")) if label is not None else None
        if form is not None and form.get(w("val")) not in _NUMBERS:
            text = paragraph_text(paragraph)
            hint = "番号を文字で書き、ぶら下げインデントで揃えてください。"
            return [_warn("本文", text, "この段落番号の形式", hint)]
    return []


def _pictures(parts: Mapping[str, bytes]) -> list[Problem]:
    """Pictures in forms that we can't turn into PNG (EMF, WMF), and formulas of fields."""
    found = []
    for ending, where in _LABELS.items():
        for part in package.of_type(parts, ending):
            root = package.parse(parts[part])
            unread = {
                relation["Id"]
                for relation in package.relationships(parts, part)
                if relation.get("Type", "").endswith("/image")
                and _unreadable(parts, package.target(part, relation.get("Target", "")))
            }
            for element in root.iter():
                if unread and unread.intersection(
                    str(v) for k, v in element.attrib.items() if str(k).startswith(f"{{{R}}}")
                ):
                    hint = "PNGかJPEGの画像に置き換えてください。"
                    found.append(_warn(where, _near(element), "EMFなどの画像", hint))
            found += [
                _warn(
                    where,
                    field.paragraph,
                    "EQフィールド(囲い文字など)",
                    "普通の文字で書いてください。",
                )
                for field in fields_of(root)
                if field.name == "EQ"
            ]
    return found


_ALIKE = re.compile(
    "ゴシック|gothic|メイリオ|meiryo|sans|角ゴ|arial|helvetica|calibri|segoe|verdana|tahoma|aptos|biz ud"
    "|ud デジタル|symbol|wingdings|webdings|^ui |システム|system",
    re.IGNORECASE,
)
_THEME = "http://schemas.openxmlformats.org/drawingml/2006/main"


def replaced_fonts(parts: Mapping[str, bytes]) -> list[Problem]:
    """Typefaces that look different from the engine's only one, Noto Sans: 明朝 and the like. A
    note, no reason for another engine: that one has them only where they are installed."""
    families: dict[str, str] = {}
    roots = [package.parse(parts[p]) for p in package.of_type(parts, *_LABELS)]
    used = {
        e.get(w("val"), "")
        for root in roots
        for e in root.iter(w("pStyle"), w("rStyle"), w("tblStyle"))
    }
    for part in package.of_type(parts, "styles"):
        for holder in _styles_in_use(package.parse(parts[part]), used):
            for fonts in holder.iter(w("rFonts")):
                families |= dict.fromkeys(_families(fonts, parts), "")
    for root in roots:
        for fonts in root.iter(w("rFonts")):
            for family in _families(fonts, parts):
                families.setdefault(family, _near(fonts))
    other = [f for f in families if not _ALIKE.search(unicodedata.normalize("NFKC", f))]
    if not other:
        return []
    return [
        Problem(
            "warning",
            "本文",
            next((families[f] for f in other if families[f]), ""),
            f"書体「{'」「'.join(other)}」は、組み込みのPDFエンジンではゴシック体(Noto Sans)で印字します。",
            "その書体で印字するには、書体のあるPCで --pdf-engine word か libreoffice を選んでください。",
        )
    ]


def _styles_in_use(root: etree._Element, used: set[str]) -> Iterator[etree._Element]:
    """The defaults, the default styles, the styles in use and those that they are based on."""
    yield from root.iterfind(w("docDefaults"))
    styles = {s.get(w("styleId"), ""): s for s in root.iterfind(w("style"))}
    queue = [k for k, s in styles.items() if k in used or s.get(w("default")) in ("1", "true")]
    seen = set(queue)
    while queue:
        style = styles[queue.pop()]
        yield style
        base = style.find(w("basedOn"))
        name = base.get(w("val"), "") if base is not None else ""
        if name in styles and name not in seen:
            seen.add(name)
            queue.append(name)


def _families(fonts: etree._Element, parts: Mapping[str, bytes]) -> Iterator[str]:
    """The families that run properties name, for Japanese and for Latin."""
    for script in ("eastAsia", "ascii"):
        theme = fonts.get(w(f"{script}Theme"))
        family = _of_theme(theme, parts) if theme else fonts.get(w(script))
        if family:
            yield family


def _of_theme(name: str, parts: Mapping[str, bytes]) -> str:
    """The family behind ``minorEastAsia`` and the like."""
    part = next((p for p in parts if re.search(r"theme/theme\d*\.xml$", p)), None)
    if part is None:
        return ""
    fonts = package.parse(parts[part]).find(
        f".//{{{_THEME}}}{'majorFont' if name.startswith('major') else 'minorFont'}"
    )
    if fonts is None:
        return ""
    if name.endswith("EastAsia"):
        japanese = fonts.find(f"{{{_THEME}}}font[@script='Jpan']")
        own = fonts.find(f"{{{_THEME}}}ea")
        face = "" if own is None else own.get("typeface", "")
        return face or ("" if japanese is None else japanese.get("typeface", ""))
    latin = fonts.find(f"{{{_THEME}}}latin")
    return "" if latin is None else latin.get("typeface", "")


def _unreadable(parts: Mapping[str, bytes], part: str) -> bool:
    kind = package.content_types(parts).get(part, "")
    return part in parts and is_picture(part, kind) and drawable(parts[part]) is None
