"""NM: names that can be registered and printed.

Two names belong to a person: the real glyphs for letters, and JIS 第1・第2水準 for the insurer's
system. No check asks anybody to change the real glyphs.
"""

import re
from collections.abc import Iterator

from shikaku.checks.catalogue import PEOPLE, Context, Hit, Hits, check
from shikaku.fields import kana, person_name
from shikaku.fields.text import DITTO, visible
from shikaku.model.tables import TEXT, Row


def _texts(context: Context, *keys: str) -> Iterator[tuple[Row, str, str]]:
    """(row, key, text) of the text cells of these columns that aren't blank."""
    for row in context.rows(*PEOPLE):
        for key in keys:
            cell = row.cells.get(key)
            if cell is not None and cell.kind == TEXT and cell.text:
                yield row, key, cell.text


@check(
    "NM01",
    "error",
    columns=("kana",),
    title="氏名カナがカタカナでない",
    message="氏名カナに、カタカナでない文字が入っています。",
    hint="住民票のフリガナのとおり、カタカナで入力してください。長音は「－」ではなく「ー」です。",
    source="健保則24条1項(氏名カナは住民票との照合に使う5情報の1つ)",
    hiragana="氏名カナがひらがなで入っています。",
    hint_hiragana="カタカナで入力し直すか、「表記の統一」でカタカナにそろえてください。",
)
def not_kana(context: Context) -> Hits:
    """Anything but katakana of either width, spaces and ー. Also a cell with a number in it. The ＝ of a
    foreign name may stand in its reading, too."""
    for row in context.rows(*PEOPLE):
        cell = row.cells.get("kana")
        if cell is None or not cell.text or kana.is_kana(cell.text):
            continue
        if person_name.is_name(cell.text) and kana.is_kana(re.sub("[=＝゠]", "", cell.text)):
            continue
        hiragana = kana.is_kana(kana.from_hiragana(cell.text))
        yield Hit(row.sheet, row.number, "kana", variant="hiragana" if hiragana else "")


@check(
    "NM02",
    "warning",
    columns=("name", "insured_name", "address"),
    title="JIS第1・第2水準にない文字",
    message="「{column}」に、健保組合のシステムで使えないことがある文字があります: {characters}",
    hint="通知書にはこのままの字を使います。届出に使う字(→ の右)でよいか本人に確かめてください。"
    "→ のない字はカタカナなどでの登録を健保組合に相談してください。",
    source="JIS X 0208(第1・第2水準)、健保組合の外字の取扱い",
)
def outside_jis(context: Context) -> Hits:
    """髙 﨑 𠮷 and so on, with the usual replacement. Digits of other scripts, and circled ones when
    there are many, could spell a number: they are not shown."""
    for row, key, text in _texts(context, "name", "insured_name", "address"):
        if key != "address" and not person_name.is_name(text):
            continue  # NM04
        try:
            text.encode("shift_jis")
            continue
        except UnicodeEncodeError:
            found = person_name.outside_jis(text)
        if not found:  # ～ and －, which Windows writes for characters of JIS
            continue
        many = sum(char.isdigit() for char, _ in found) > 3
        shown = [
            f"{char}→{other}" if other else char
            for char, other in dict(found).items()
            if not any(c.isdecimal() for c in char) and not (many and char.isdigit())
        ]
        characters = "、".join(shown) or "丸数字など"
        yield Hit(row.sheet, row.number, key, {"characters": characters})


@check(
    "NM03",
    "warning",
    columns=("name", "kana", "insured_name"),
    title="姓と名が空白1つで分かれていない",
    message="「{column}」の姓と名が、空白1つで分かれていません。",
    hint="姓と名の間に空白を1つ(全角でも半角でも)入れてください。",
    source="資格取得届の記入方法(氏と名の間を1文字空ける)",
    many="「{column}」に空白が2つ以上あります。姓と名の区切りが決められません。",
    line_break="「{column}」が、セルの中で改行されています。",
    hint_line_break="改行を消し、姓と名の間は空白1つにしてください。「表記の統一」でもそろえられます。",
    no_break="「{column}」の区切りが、ウェブなどから写した特別な空白(改行しない空白)です。",
    hint_no_break="姓と名の間の空白を入力し直すか、「表記の統一」でそろえてください。",
)
def not_parted(context: Context) -> Hits:
    """No space, or more than one; not asked of what is no name (NM04). Names in Latin letters or
    katakana may have one part or several, each after one space, and so have their readings."""
    for row, key, text in _texts(context, "name", "kana", "insured_name"):
        if text in DITTO or not (
            kana.is_kana(text) if key == "kana" else person_name.is_name(text)
        ):
            continue
        odd = _odd_space(text)
        if odd:
            yield Hit(row.sheet, row.number, key, variant=odd)
            continue
        parts = visible(text).split()
        wanted = _parts(row.text("name")) if key == "kana" else _parts(text)
        if person_name.is_valid(text) and not (key == "kana" and len(parts) > 2):
            continue
        foreign = key == "kana" and _is_foreign(
            row.text("name")
        )  # read in as many parts as it is said
        if (wanted == len(parts) or foreign) and _single_spaces(text):
            continue
        yield Hit(row.sheet, row.number, key, variant="many" if len(parts) > 1 else "")


def _odd_space(text: str) -> str:
    """A line break, or a space that looks like one and is another character; "" for neither."""
    if re.search(r"[\r\n\v\x85\u2028\u2029]", text.strip()):
        return "line_break"
    return "no_break" if re.search(r"[\t\u00a0\u2000-\u200a\u202f\u205f]", text) else ""


def _parts(name: str) -> int:
    """How many parts a name may be in: two, of a foreign name as many as it has."""
    return len(visible(name).split()) if _is_foreign(name) else 2


def _is_foreign(name: str) -> bool:
    parts = visible(name).split()
    return bool(parts) and all(map(person_name.is_foreign, parts))


def _single_spaces(text: str) -> bool:
    return "" not in text.replace("\u3000", " ").split(" ")


@check(
    "NM04",
    "error",
    columns=("name", "insured_name"),
    title="氏名に数字や記号",
    message="「{column}」に、氏名でない数字や記号が入っています。",
    hint="使えるのは漢字・かな・ローマ字と、外国の名前の中の「・」「＝」「-」「'」「.」「,」だけです。"
    "敬称・注記・番号は消し、旧姓や通称は備考に書いてください。",
    source="R43(氏名を正確に記入)",
    title_of="「{column}」に敬称が付いています。",
)
def not_a_name(context: Context) -> Hits:
    """Any character that no name has (``person_name.is_name``): digits (perhaps an individual number
    in the wrong column), brackets, ※, ★; or 様 at the end."""
    for row in context.rows(*PEOPLE):
        for key in ("name", "insured_name"):
            cell = row.cells.get(key)
            text = cell.text if cell is not None else ""
            if text and text not in DITTO and not person_name.is_name(text):
                yield Hit(row.sheet, row.number, key)
            elif len(text) > 2 and text[-1] == "様":
                yield Hit(row.sheet, row.number, key, variant="title_of")
