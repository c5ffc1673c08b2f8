"""NM: names that can be registered and printed.

Two names belong to a person: the real glyphs for letters, and JIS 第1・第2水準 for the insurer's
system. No check asks anybody to change the real glyphs.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import PEOPLE, Context
from shikaku.fields import kana, person_name
from shikaku.fields.text import DITTO, visible
from shikaku.model.tables import TEXT, Cell, Row


def _each(
    context: Context, keys: Iterable[str], judge: Callable[[str, str], str | None]
) -> Iterator[tuple[Row, str, str]]:
    """(row, key, what ``judge`` says of key and text) of the text cells of these columns that aren't
    blank and of which it says something."""
    for sheet in PEOPLE:
        for key in keys:
            for row, cell in _unusual(context, sheet, key):
                if cell.kind == TEXT and (verdict := judge(key, cell.text)):
                    yield row, key, verdict


def _unusual(context: Context, sheet: str, key: str) -> Iterator[tuple[Row, Cell]]:
    """The rows, with their cell, whose text isn't what nearly every one is: two parts of letters in JIS, or of
    kana, with one space between. Of such a text, or of none, no check of this module says anything."""
    known = context.once(_odd_texts)
    if (sheet, key) not in known:
        different = set(context.texts(sheet, key)) - {""}
        known[sheet, key] = kana.odd_ones(different) if key == "kana" else _odd_names(different)
    odd = known[sheet, key]
    if odd:
        for row, cell in zip(context.rows(sheet), context.column(sheet, key), strict=True):
            if cell.text in odd:
                yield row, cell


def _odd_texts(_: Context) -> dict[tuple[str, str], set[str]]:
    return {}


def _odd_names(texts: set[str]) -> set[str]:
    return person_name.odd_ones(texts) | {text for text in texts if text[-1] == "様"}


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
    for sheet in PEOPLE:
        for row, cell in _unusual(context, sheet, "kana"):
            if spelt := _other_than_kana(cell):
                yield Hit(sheet, row.number, "kana", variant="" if spelt == "other" else spelt)


def _other_than_kana(cell: Cell) -> str | None:
    text = cell.text
    if kana.is_kana(text):
        return None
    if person_name.is_name(text) and kana.is_kana(re.sub("[=＝゠]", "", text)):
        return None
    return "hiragana" if kana.is_kana(kana.from_hiragana(text)) else "other"


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
    for row, key, characters in _each(context, ("name", "insured_name"), _outside):
        yield Hit(row.sheet, row.number, key, {"characters": characters})
    for sheet in PEOPLE:
        if person_name.outside_jis("".join(context.texts(sheet, "address"))):  # any of them
            for row, characters in context.each(sheet, "address", _outside_of_address):
                yield Hit(sheet, row.number, "address", {"characters": characters})


def _outside_of_address(cell: Cell) -> str | None:
    return _outside("address", cell.text) if cell.kind == TEXT and cell.text else None


def _outside(key: str, text: str) -> str | None:
    """The characters of a text outside JIS, as they are shown."""
    found = person_name.outside_jis(text)
    if not found or key != "address" and not person_name.is_name(text):  # NM04
        return None
    many = sum(char.isdigit() for char, _ in found) > 3
    shown = [
        f"{char}→{other}" if other else char
        for char, other in dict(found).items()
        if not any(c.isdecimal() for c in char) and not (many and char.isdigit())
    ]
    return "、".join(shown) or "丸数字など"


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
    for row, key, odd in _each(context, ("name", "kana", "insured_name"), _spaced):
        if odd != "parts":
            yield Hit(row.sheet, row.number, key, variant=odd)
            continue
        text, name = row.text(key), row.text("name")
        parts = len(visible(text).split())
        # the reading of a foreign name is in as many parts as it is spoken
        right = (key == "kana" and _is_foreign(name)) or parts == _parts(
            name if key == "kana" else text
        )
        if not (right and _single_spaces(text)):
            yield Hit(row.sheet, row.number, key, variant="many" if parts > 1 else "")


def _spaced(key: str, text: str) -> str | None:
    """What is odd about the spaces of a name or a reading: ``line_break``, ``no_break``, or the count of its
    ``parts``, which is to be held against what the name is; None for nothing."""
    if kana.is_parted(text) if key == "kana" else person_name.is_parted(text):  # nearly all
        return None
    if text in DITTO or not (kana.is_kana(text) if key == "kana" else person_name.is_name(text)):
        return None
    return _odd_space(text) or "parts"


def _odd_space(text: str) -> str:
    """A line break, or a space that looks like one and is another character; "" for neither."""
    if not _ODD_SPACE.search(text):
        return ""
    return (
        "line_break"
        if _LINE_BREAK.search(text.strip())
        else "no_break"
        if _NO_BREAK.search(text)
        else ""
    )


_BREAKS, _LOOKALIKES = r"\r\n\v\x85\u2028\u2029", r"\t\u00a0\u2000-\u200a\u202f\u205f"
_LINE_BREAK, _NO_BREAK = re.compile(f"[{_BREAKS}]"), re.compile(f"[{_LOOKALIKES}]")
_ODD_SPACE = re.compile(f"[{_BREAKS}{_LOOKALIKES}]")


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
    for sheet in PEOPLE:
        for key in ("name", "insured_name"):
            for row, cell in _unusual(context, sheet, key):
                if what := _no_name(cell):
                    yield Hit(sheet, row.number, key, variant="" if what == "signs" else what)


def _no_name(cell: Cell) -> str | None:
    text = cell.text
    if text not in DITTO and not person_name.is_name(text):
        return "signs"
    return "title_of" if len(text) > 2 and text[-1] == "様" else None


def misnamed(context: Context) -> set[tuple[str, int]]:
    """(sheet, row) of the people whose 氏名 is none as it stands (NM04)."""
    return {(hit.sheet, hit.row) for hit in not_a_name(context) if hit.column == "name"}
