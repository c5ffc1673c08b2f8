"""NM: names that can be registered and printed.

Two names belong to a person: the real glyphs for letters, and JIS 第1・第2水準 for the insurer's
system. No check asks anybody to change the real glyphs.
"""

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
    """Anything but katakana of either width, spaces and ー. Also a cell with a number in it."""
    for row in context.rows(*PEOPLE):
        cell = row.cells.get("kana")
        if cell is None or not cell.text or kana.is_kana(cell.text):
            continue
        hiragana = kana.is_kana(kana.from_hiragana(cell.text))
        yield Hit(row.sheet, row.number, "kana", variant="hiragana" if hiragana else "")


@check(
    "NM02",
    "warning",
    columns=("name", "insured_name", "address"),
    title="JIS第1・第2水準にない文字",
    message="「{column}」に、健保組合のシステムで使えないことがある文字があります: {characters}",
    hint="このままで通知書には正しく印字されます。届出に使う字(→ の右)でよいか本人に確かめてください。"
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
)
def not_parted(context: Context) -> Hits:
    """No space, or more than one; not asked of what is no name (NM04). Names in Latin letters or
    katakana may have one part or several, each after one space, and so have their readings."""
    for row, key, text in _texts(context, "name", "kana", "insured_name"):
        if text in DITTO or not (
            kana.is_kana(text) if key == "kana" else person_name.is_name(text)
        ):
            continue
        parts = visible(text).split()
        wanted = _parts(row.text("name")) if key == "kana" else _parts(text)
        if person_name.is_valid(text) and not (key == "kana" and len(parts) > 2):
            continue
        if wanted == len(parts) and _single_spaces(text):
            continue
        yield Hit(row.sheet, row.number, key, variant="many" if len(parts) > 1 else "")


def _parts(name: str) -> int:
    """How many parts a name may be in: two, of a foreign name as many as it has."""
    parts = visible(name).split()
    return len(parts) if parts and all(map(person_name.is_foreign, parts)) else 2


def _single_spaces(text: str) -> bool:
    return "" not in text.replace("\u3000", " ").split(" ")


@check(
    "NM04",
    "error",
    columns=("name", "insured_name"),
    title="氏名に数字や記号",
    message="「{column}」に、氏名でない数字や記号が入っています。",
    hint="氏名だけを入力し、敬称・注記・番号は消してください。旧姓や通称は備考に書きます。",
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
