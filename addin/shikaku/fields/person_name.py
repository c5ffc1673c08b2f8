"""氏名 (a person's name): the glyphs people really have, and the form that can be filed.

A name has two forms. The display name keeps every glyph (髙, 﨑, 𠮷, 葛󠄀): letters print it. The
filing name holds only what the systems of the insurers store, JIS X 0208 (第1・第2水準), and each
other character has a usual replacement or none (then 組合 ask for カタカナ). 邊 邉 齋 齊 濱 煕 熙 凜 are
in JIS 第2水準 and stay. Unicode's NFKC is no way from one to the other: it leaves 髙 alone and
changes characters that are nobody's mistake.

Python's codec ``shift_jis`` is JIS X 0208; ``cp932`` accepts 髙 and ① and would be the wrong test.

Source: domain.md §6.0; JIS X 0208:1997 6.6.4 (包摂); announcements of seven 健保組合 (domain.md §0 (8)).
The table stands in person_name.toml.

>>> outside_jis("髙橋 﨑子"), outside_jis("渡邉 凜")
([('髙', '高'), ('﨑', '崎')], [])
>>> filing_name("𠮷田　濵子")
'吉田　浜子'
>>> split("山田　花子"), split("山田花子")
(('山田', '花子'), None)
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from shikaku.fields.errors import InvalidFormat
from shikaku.fields.text import SPACES, matching_lines, single_spaces, visible

# Windows writes these code points where JIS has the others: not the user's doing, no gaiji.
_WINDOWS = str.maketrans("～－∥￠￡￢", "〜−‖¢£¬")


@cache
def _replacements() -> dict[str, str]:
    path = Path(__file__).with_name("person_name.toml")
    return dict(tomllib.loads(path.read_text("utf-8"))["replacement"])


def _encodes(text: str) -> bool:
    try:
        text.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def _in_jis(text: str) -> bool:
    return _encodes(text) or _encodes(text.translate(_WINDOWS))


def is_filed(text: str) -> bool:
    """Whether every character can be filed as it stands.

    >>> is_filed("渡邉 凜"), is_filed("髙橋 一郎")
    (True, False)
    """
    return _in_jis(text)


SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Variation selectors: which of its forms the character before them has."""


def is_selector(char: str) -> bool:
    """A variation selector, as in 葛󠄀."""
    return char in SELECTORS


_MARKS = 8
"""So many selectors and marks belong to a character; further ones stand alone."""


def _clusters(text: str) -> Iterator[str]:
    """Characters with the variation selectors and combining marks that belong to them."""
    cluster = ""
    for char in text:
        mark = is_selector(char) or unicodedata.combining(char)
        if mark and 0 < len(cluster) <= _MARKS:
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _replacement(cluster: str) -> str | None:
    if cluster in _replacements():
        return _replacements()[cluster]
    base = "".join(c for c in cluster if not is_selector(c))
    # NFC joins カ and a combining mark, and opens CJK compatibility ideographs (神 U+FA19).
    for form in ("NFC", "NFKC"):
        # NFKC only for symbols (①, ㈱, Ⅰ): it has nothing to do with ideographs.
        other = unicodedata.normalize(form, base)
        if _in_jis(other):
            return other
        if other in _replacements():
            return _replacements()[other]
    return None


def outside_jis(text: str) -> list[tuple[str, str | None]]:
    """The characters outside JIS 第1・第2水準, in order, each with its replacement or None.

    A character counts with its variation selector and combining marks as one.
    """
    text = visible(text)
    if _in_jis(text):  # nearly every name: look at it as a whole first
        return []
    clusters = _clusters(text)
    return [(c, _replacement(c)) for c in clusters if not (c.isspace() or _in_jis(c))]


def filing_name(text: str) -> str | None:
    """The name in JIS 第1・第2水準, spaces as they are; None when a character has no known
    replacement (the insurer is then asked, or the name filed in カタカナ)."""
    parts = []
    for cluster in _clusters(visible(text)):
        part = cluster if cluster.isspace() or _in_jis(cluster) else _replacement(cluster)
        if part is None:
            return None
        parts.append(part)
    return "".join(parts)


def filed_glyphs(text: str) -> str:
    """The name with every character that can't be filed replaced where a replacement is known; the
    others stay. For comparing: two spellings of one name come out the same.

    >>> filed_glyphs("髙橋 \U0001f600"), filed_glyphs("渡邉")
    ('高橋 \U0001f600', '渡邉')
    """
    text = visible(text)
    if _in_jis(text):
        return text
    return "".join(
        c if c.isspace() or _in_jis(c) or (known := _replacement(c)) is None else known
        for c in _clusters(text)
    )


def compact(text: str) -> str:
    """One full-width space between the parts, none at the ends; every glyph stays.

    >>> compact(" 髙橋  一郎 ")
    '髙橋\\u3000一郎'
    """
    return single_spaces(visible(text), "\u3000")


def split(text: str) -> tuple[str, str] | None:
    """Family and given name when exactly one space (of either width) parts them, else None.

    Names in Latin letters or katakana have more parts (SMITH JOHN WILLIAM, グエン ティ フォン): the first
    is the family name.

    >>> split("山田  花子"), split("SMITH JOHN WILLIAM")
    (None, ('SMITH', 'JOHN WILLIAM'))
    """
    parts = text.strip().replace("\u3000", " ").split(" ")
    if len(parts) < 2 or len(parts) > 2 and not all(is_foreign(part) for part in parts):
        return None
    return parts[0], " ".join(parts[1:])


_KANJI = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af\u2e80-\u2ef3\u2f00-\u2fd5々〻〆〇"
)
_KATAKANA = "ァ-ヺー-ヿㇰ-ㇿｦ-ﾟ\u3099\u309a゛゜"
_LATIN = "A-Za-zＡ-Ｚａ-ｚÀ-ÖØ-öø-ɏḀ-ỿ\u0300-\u036f"
_OTHER = "ぁ-ゖゝゞ\U0001b000-\U0001b122\ufe00-\ufe0f\U000e0100-\U000e01ef\ue000-\uf8ff"
_NAME = (
    rf"(?:[{_KANJI}{_KATAKANA}{_OTHER}{_LATIN}{SPACES}]"
    rf"|(?<=[{_LATIN}])[-‐‑－'’ʼ＇.．](?![-‐‑－'’ʼ＇])"
    rf"|(?<=[{_LATIN}.．])[,，](?=[{SPACES}]?[{_LATIN}])"
    rf"|(?<=[{_KATAKANA}])[・･=＝゠\-‐‑－](?=[{_KATAKANA}]))*"
)
_FOREIGN = re.compile(rf"[{_KATAKANA}{_LATIN}・･=＝゠.．,，\-‐‑－'’ʼ＇]+")


def is_name(text: str) -> bool:
    """Whether there are only characters that a name may have: kanji, kana, Latin letters; hyphen,
    apostrophe, full stop and comma within a Latin name; ・, ＝ and hyphen within one in katakana.

    Source: 戸籍法50条・同施行規則60条 (常用平易な文字), 旧字・俗字 of the family register beyond that; 在留カード
    (Latin letters, 平成23年12月26日法務省告示582号の正字). Signs, digits and brackets are in none of them.

    >>> [is_name(text) for text in ("見本 太郎", "O’Brien Seán", "アンナ＝マリア・ロペス", "三 々", "SMITH, JOHN JR.")]
    [True, True, True, True, True]
    >>> [is_name(text) for text in ("見本 太郎※", "見本 太郎、花子", "見本 太郎-", "見本 太郎1", "金 (木村)")]
    [False, False, False, False, False]
    """
    return is_parted(text) or _pattern(_NAME).fullmatch(visible(text)) is not None


@cache
def _pattern(source: str) -> re.Pattern[str]:
    """A pattern of thousands of letters, which takes longer to compile than to ask of most lists."""
    return re.compile(source)


_TWO_PARTS = rf"(?:[{_KANJI}{_KATAKANA}{_OTHER}{_LATIN}]++(?:[ \u3000](?!$)|$)){{2}}"
_ODD_LINE = rf"(?m)^(?!{_TWO_PARTS}$).+"


def is_parted(text: str) -> bool:
    """Whether a text is two parts of letters alone with one space between: nearly every name is, and
    then it is a name and valid.

    >>> is_parted("見本　太郎"), is_parted("見本太郎"), is_parted("見本 太 郎"), is_parted("見本 太郎1")
    (True, False, False, False)
    """
    return _pattern(_TWO_PARTS).fullmatch(text) is not None


def odd_ones(texts: Collection[str]) -> set[str]:
    """Of many texts those that aren't two parts (``is_parted``) of characters in JIS 第1・第2水準.

    >>> sorted(odd_ones(["見本　太郎", "見本太郎", "髙橋　一郎"]))
    ['見本太郎', '髙橋　一郎']
    """
    odd = {char for char in set("".join(texts)) if not _in_jis(char)}
    unlike = matching_lines(_pattern(_ODD_LINE), texts)
    return unlike | {text for text in texts if not odd.isdisjoint(text)} if odd else unlike


def is_foreign(text: str) -> bool:
    """Whether a name, or a part of one, is in katakana or Latin letters alone (スカルノ, SUHARTO).

    >>> is_foreign("スカルノ"), is_foreign("SUHARTO"), is_foreign("山田")
    (True, True, False)
    """
    return _FOREIGN.fullmatch(text) is not None


def validate(text: str) -> str:
    """The display name. Raises InvalidFormat when it isn't parted by one space."""
    if split(visible(text)) is None:
        raise InvalidFormat
    return compact(text)


def is_valid(text: str) -> bool:
    """Whether family and given name are parted by one space.

    >>> is_valid("山田 花子"), is_valid("山田花子")
    (True, False)
    """
    return split(visible(text)) is not None


def format(text: str) -> str:
    """山田　花子."""
    return validate(text)
