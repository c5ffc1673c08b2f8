"""続柄 (relationship): the way from the insured to a person, and who may be a dependant.

健保法3条7項: 1号 直系尊属, 配偶者 (also 事実婚), 子, 孫, 兄弟姉妹 — wherever they live; 2号 other relatives
within three degrees, 3号・4号 parents and children of a partner of a 事実婚 — of the same household
only. Whoever is further away, or related to nobody, can't be a dependant. 継父母 and 継子 are relatives
by marriage (2号) unless adopted (昭和32年9月2日 保険発123号), a 曾孫 is none of 1号. 兄姉 may live apart
since 2016-10-01 (平成28年10月1日施行の改正).

Relatives (民法725条–727条): blood up to six degrees, the spouse, relatives by marriage up to three —
the spouse's blood or the blood's spouse, never both (妻の姉の夫 is none).

People write words in chains (妻の兄の子); a list of whole words would never be long enough. So each
word is a way of steps (relationship.toml), and the rule looks at the whole way.

>>> [read(word).clause for word in ("妻", "義母", "妻の母", "いとこ", "妻(未届)", "内縁の妻の母", "弟の妻")]
[1, 2, 2, None, 1, 3, 2]
>>> read("友人") is None, read("01") is None, read("その他").known
(True, False, False)
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from shikaku.fields.text import half_width, visible, without_spaces

_LONGEST = 40
_BRACKETS = re.compile(r"\([^()]*\)")
_ORDER = re.compile(r"(?:[長次二三四五六七八九]|十[一二三]?)(男|女)|第[一二三四五六七八九0-9]+子")
_PREFIX = re.compile(r"^(?:母方の|父方の|亡き?|故|実)+(?=.)")
_UNMARRIED = re.compile(r"未届|内縁|事実婚|パートナー")
_CODE = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a 続柄 says.

    steps: the way from the insured, U D S (relationship.toml); "" when it isn't known.
    clause: of 健保法3条7項: 1, 2 or 3; None: no dependant by any. Of an unknown way it means nothing.
    sex: male | female | "". age: elder | younger | "", than the insured. vague: it leaves open who
    it is (子, 兄弟, その他).
    """

    steps: str = ""
    clause: int | None = None
    sex: str = ""
    age: str = ""
    vague: bool = False

    @property
    def known(self) -> bool:
        """Whether the way is known: not of codes, その他 and the like."""
        return bool(self.steps)

    @property
    def is_spouse(self) -> bool:
        """配偶者, also 事実婚."""
        return self.steps == "S"


@dataclass(frozen=True, slots=True)
class _RelationshipWord:
    steps: str
    sex: str
    age: str
    of_spouse: bool = False


@cache
def _words() -> dict[str, _RelationshipWord]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    found = {}
    for way in data["way"]:
        steps = way["steps"]
        age = "elder" if set(steps) == {"U"} else "younger" if set(steps) == {"D"} else ""
        age = "elder" if way.get("elder") else "younger" if way.get("younger") else age
        age = "" if way.get("adopted") else age
        for sex in ("male", "female", "either"):
            for word in way.get(sex, ()):
                found[word] = _RelationshipWord(
                    steps, sex.replace("either", ""), age, bool(way.get("of_spouse"))
                )
    return found


@cache
def _open(kind: str) -> frozenset[str]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return frozenset(data[kind]["words"])


def _word(text: str) -> _RelationshipWord | None:
    if order := _ORDER.fullmatch(text):
        return _RelationshipWord(
            "D", {"男": "male", "女": "female"}.get(order[1] or "", ""), "younger"
        )
    return _words().get(_PREFIX.sub("", text))


def _chain(text: str) -> list[_RelationshipWord] | None:
    """The words between の; a word that has its own の (義理の父) is one."""
    parts, found = text.split("の"), []
    while parts:
        for length in range(min(len(parts), 3), 0, -1):
            word = _word("の".join(parts[:length]))
            if word:
                found.append(word)
                parts = parts[length:]
                break
        else:
            return None
    return found


@lru_cache(maxsize=4096)
def read(text: str) -> Relation | None:
    """What a 続柄 says; None for a word that no list knows (友人). A code of one or two digits, その他
    and ways that may be several (兄の父) are Relations whose way isn't known."""
    text = half_width(without_spaces(visible(text))).replace("曽", "曾")
    if len(text) > _LONGEST:
        return None
    if _CODE.fullmatch(text) or text in _open("vague"):
        return Relation(vague=text in _open("vague"))
    unmarried = bool(_UNMARRIED.search(text))
    text = _BRACKETS.sub("", text)
    text = re.sub(r"(?:未届|内縁|事実婚)の", "", text)
    if unmarried and not _UNMARRIED.sub("", text):
        text = "配偶者"
    words = _chain(text)
    if words is None:
        return None
    steps = ""
    for word in words:
        # 連れ子 is the spouse's child, 妻の連れ子 too
        again = word.of_spouse and steps.endswith("S")
        steps += word.steps.removeprefix("S") if again else word.steps
    # the insured's own or somebody else's (兄の父, 妻の義父): the word can't tell
    if "DU" in steps or "SS" in steps:
        return Relation(vague=True)
    age = words[0].age if len(words) == 1 else ""
    return Relation(steps, _clause(steps, unmarried), words[-1].sex, age, text in _open("open"))


def _clause(steps: str, unmarried: bool) -> int | None:
    spouses, blood = steps.count("S"), steps.replace("S", "")
    if steps == "S":
        return 1
    if spouses > 1 or (spouses and "S" not in (steps[0], steps[-1])):
        return None
    if spouses and unmarried:
        return 3 if steps in ("SU", "SD") else None
    if not spouses and (set(blood) == {"U"} or blood in ("D", "DD", "UD")):
        return 1
    return 2 if len(blood) <= 3 else None
