"""Identity across the sheets: how spellings are compared, and which rows are the same person.

**Folded before comparing**, because people and programs write one thing in these ways:

- 記号, 番号, 枝番: width, spaces, kinds of hyphens, leading zeros (Excel eats them), capital letters.
- 氏名: width, spaces, characters of no width, capital letters (在留カード and 届書 differ in them),
  half-width kana, and the glyphs that insurers can't store as the ones that they file instead
  (髙 高, 﨑 崎, 𠮷 吉; ``fields.person_name``). A character without such a form stays itself.
- 氏名カナ: width, spaces, hiragana, a hyphen typed for ー.

**Never folded**, because it tells people apart:

- Glyphs that both can be filed: 斉 齋 齊, 邉 邊, 沢 澤. Which one is right is a question to the person.
- Kana and kanji of a name, hiragana and katakana of a 氏名 (はな, ハナ are two registered names).
- Two people of one name and birthday. Under different 記号・番号 they are two, and stay two: only
  記号・番号 (or, while a filing has no 番号 yet, 記号 with name, birth and 個人番号) makes rows one
  person's. A birth date that one side leaves out proves nothing against anybody.

Whether a spelling is right is for the checks to say; nothing is repaired here.

>>> fold_number("００７"), fold_number("0"), fold_name("ｓｍｉｔｈ　John") == fold_name("SMITH JOHN")
('7', '0', True)
>>> fold_name("髙橋 一郎") == fold_name("高橋　一郎"), fold_name("斉藤 一") == fold_name("齋藤 一")
(True, False)
>>> fold_kana("ﾔﾏﾀﾞ ﾊﾅｺ") == fold_kana("やまだ　はなこ")
True
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from shikaku.fields import kana, person_name
from shikaku.fields.text import code_hyphens, visible, without_spaces
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person

Household = tuple[str, str]
"""記号 and 番号, folded: what the insured and the dependants share."""

PersonKey = tuple[str, str, str]
"""記号, 番号 and 氏名, folded."""

# ------------------------------------------------------------------ folding


@lru_cache(maxsize=65536)
def fold_number(text: str) -> str:
    """記号, 番号 or 枝番 for comparing: half width, no leading zeros (of zeros only: "0")."""
    text = code_hyphens(without_spaces(unicodedata.normalize("NFKC", visible(text)))).upper()
    return text.lstrip("0") or text[:1]


@lru_cache(maxsize=65536)
def fold_name(text: str) -> str:
    """A name for comparing: as it is filed, of one width, in capitals, without spaces."""
    return _folded(person_name.filed_glyphs(text))


def _folded(text: str) -> str:
    """The same of a name that can be filed as it stands."""
    return unicodedata.normalize("NFKC", without_spaces(text)).upper()


@lru_cache(maxsize=65536)
def fold_kana(text: str) -> str:
    """A reading for comparing: full-width katakana without spaces; hiragana counts as such."""
    if kana.is_plain(text):  # nearly every reading
        return without_spaces(text)
    return without_spaces(kana.to_full(kana.from_hiragana(text)))


_BETWEEN = "|"
"""Between what is folded together: every form of it is itself, and it joins with no other character."""

_FEW = 8


def _together(
    texts: Sequence[str],
    alone: Callable[[str], str],
    plain: Callable[[str], bool],
    fold: Callable[[str], str],
) -> list[str]:
    """What ``alone`` says of each text. Those that are plain go through ``fold`` together: a tenth of the time
    for the people of a whole workbook; where a text is not, its neighbours do by halves."""
    if len(texts) < _FEW:
        return list(map(alone, texts))
    whole = "".join(texts)
    if _BETWEEN not in whole and plain(whole):
        return fold(_BETWEEN.join(texts)).split(_BETWEEN)
    half = len(texts) // 2
    parts = texts[:half], texts[half:]
    return [text for part in parts for text in _together(part, alone, plain, fold)]


def fold_names(texts: Sequence[str]) -> list[str]:
    """``fold_name`` of each.

    >>> fold_names(["髙橋 一郎", "Smith　John"] * 5)[:2]
    ['高橋一郎', 'SMITHJOHN']
    """
    return _together(texts, fold_name, person_name.is_filed, _folded)


def fold_readings(texts: Sequence[str]) -> list[str]:
    """``fold_kana`` of each."""
    return _together(texts, fold_kana, kana.is_plain, without_spaces)


def given_name(text: str) -> str:
    """The part of a name after the space, folded; "" when the name is in one piece."""
    parts = person_name.split(visible(text))
    return fold_name(parts[1]) if parts else ""


def household(who: Person | LedgerEntry) -> Household | None:
    """記号 and 番号 for comparing; None when either is blank."""
    return folded_home(who.symbol, who.number) if who.symbol and who.number else None


@lru_cache(maxsize=65536)
def folded_home(symbol: str, number: str) -> Household:
    """記号 and 番号 for comparing."""
    return fold_number(symbol), fold_number(number)


def person_key(who: LedgerEntry | Person) -> PersonKey:
    """記号, 番号 and 氏名 for comparing; blank parts are ""."""
    return fold_number(who.symbol), fold_number(who.number), fold_name(who.name)


def branch(text: str, *, insured: bool) -> str:
    """枝番 for comparing: the insured's may be left out (00); a dependant's blank one says
    nothing: ""."""
    return fold_number(text) if text else "0" if insured else ""


# ------------------------------------------------------------------ comparing


def same_person(one: Person, other: Person) -> bool:
    """The same 記号・番号, and the name or the birth date: where one of the two differs it is a slip or
    a new family name (RF04 tells), where both differ it is somebody else.

    Under one number there is one insured, but many dependants: of these a slip is believed only
    under the same written 枝番, a new family name also with the given name. Nobody is taken for two
    by a birth date that one side leaves out (RQ01).
    """
    if household(one) is None or household(one) != household(other):
        return False
    return same_in_household(one, other)


def same_in_household(one: Person, other: Person) -> bool:
    """``same_person`` of two rows that are known to be under one 記号・番号."""
    known = one.birth is not None and other.birth is not None
    named = fold_name(one.name) == fold_name(other.name)
    born = known and one.birth == other.birth
    if named and (born or not known):
        return True
    if one.is_dependant is not other.is_dependant or not (named or born):
        return False
    if not one.is_dependant or same_branch(one, other):
        return True
    return born and same_given_name(one, other)


def is_registered_as(filing: Person, member: Person, symbols: Iterable[str] = ()) -> bool:
    """Whether a filing that has no 番号 yet is about a person of another row (contract §6): 記号, name
    and birth are the same, and the 個人番号 where both have one.

    symbols: what a blank 記号 of the filing may stand for (設定's 事業所記号).
    """
    own = (filing.symbol,) if filing.symbol else tuple(symbols)
    return (
        fold_number(member.symbol) in {fold_number(symbol) for symbol in own}
        and filing.birth is not None
        and filing.birth == member.birth
        and fold_name(filing.name) == fold_name(member.name)
        and not different_numbers(filing, member)
    )


def different_numbers(one: Person, other: Person) -> bool:
    """Both have a 個人番号, and they are two."""
    return None not in (one.number_mark, other.number_mark) and one.number_mark != other.number_mark


def same_branch(one: Person | LedgerEntry, other: Person | LedgerEntry) -> bool:
    """Both have a written 枝番, and it is the same."""
    return bool(
        one.branch and other.branch and fold_number(one.branch) == fold_number(other.branch)
    )


def same_given_name(one: Person | LedgerEntry, other: Person | LedgerEntry) -> bool:
    """Both names are parted by a space, and the parts after it are the same."""
    given = given_name(one.name)
    return bool(given) and given == given_name(other.name)


def is_card_of(entry: LedgerEntry, person: Person) -> bool:
    """Whether a row of 返納管理 is this person's, in this enrolment.

    記号・番号 are the same, and the name; after a change of the name the written 枝番 with the given
    name, or with the birth date that is printed. Different 枝番 part two people of one name. A card
    issued before the day of acquisition, or one that ended by a loss up to then, belongs to an
    earlier enrolment.
    """
    if household(entry) is None or household(entry) != household(person):
        return False
    insured = not person.is_dependant
    mine, theirs = (branch(who.branch, insured=insured) for who in (person, entry))
    if mine and theirs and mine != theirs:
        return False
    if fold_name(entry.name) != fold_name(person.name) and not (
        mine and mine == theirs and (same_given_name(entry, person) or _born_alike(entry, person))
    ):
        return False
    return _is_of_enrolment(entry, person)


def _born_alike(entry: LedgerEntry, person: Person) -> bool:
    return entry.birth is not None and entry.birth == person.birth


def _is_of_enrolment(entry: LedgerEntry, person: Person) -> bool:
    """Whether a person's card is of this enrolment: not issued before it, nor ended up to its
    beginning."""
    if person.acquired is None:
        return True
    earlier = entry.issued is not None and entry.issued < person.acquired
    return not earlier and not (entry.lost is not None and entry.lost <= person.acquired)


def is_moved_card_of(entry: LedgerEntry, person: Person) -> bool:
    """Whether a card under 記号・番号 that nobody of its name has is this person's all the same: name
    and printed birth agree, and it was issued in this enrolment. The 記号・番号 were corrected then."""
    dated = entry.issued is not None and person.acquired is not None
    same = fold_name(entry.name) == fold_name(person.name) and _born_alike(entry, person)
    return dated and same and _is_of_enrolment(entry, person)


PRINTED_COLUMNS = ("symbol", "number", "name", "birth", "sex")
"""What a certificate says of its holder, by the column keys of 加入者台帳."""


def differing(entry: LedgerEntry, person: Person) -> tuple[str, ...]:
    """The columns in which a certificate says something else than the sheets say now.

    By what 発行履歴 says was printed; else, for 記号・番号 and name, by the row of 返納管理 itself. What one
    side leaves out is no difference, nor is what is folded before comparing.
    """
    card = entry.printed or entry
    found = [
        key
        for key in ("symbol", "number")
        if getattr(card, key)
        and getattr(person, key)
        and fold_number(getattr(card, key)) != fold_number(getattr(person, key))
    ]
    if card.name and person.name and fold_name(card.name) != fold_name(person.name):
        found.append("name")
    printed = entry.printed
    if printed:
        pairs = (("birth", printed.birth, person.birth), ("sex", printed.sex, person.sex))
        found += [key for key, was, now in pairs if was and now and was != now]
    return tuple(found)


CardKey = tuple[Household | None, str, str]


def card_keys(who: LedgerEntry | Person) -> list[CardKey]:
    """What a card and its person have in common, one of these at least: for finding the cards that
    ``is_card_of`` is asked of. By 記号・番号 alone it would be asked of all, where every row of a
    workbook has the same."""
    own = household(who)
    given = given_name(who.name)
    found: list[CardKey] = [(own, "name", fold_name(who.name))]
    found += [(own, "given", given)] if given else []
    return found + ([(own, "birth", who.birth.isoformat())] if who.birth else [])
