"""RF08, RF16–RF19: the 続柄 of a dependant — who may be one at all, living where, and with whom beside.

健保法3条7項 by ``fields.relationship``. 加入者台帳 and the filings are looked at alike: whoever can't be a
dependant can't stay one either.
"""

import datetime as dt
from collections import defaultdict

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context
from shikaku.fields import era_date, relationship
from shikaku.fields.relationship import Relation
from shikaku.fields.text import DITTO
from shikaku.identity.matching import Household
from shikaku.identity.register import place
from shikaku.model.people import Person


def _dependants(context: Context) -> list[tuple[Person, Relation | None]]:
    """(dependant, what the 続柄 says) of the rows with one; 非該当 ends what it says."""
    return context.once(_with_relation)


def _with_relation(context: Context) -> list[tuple[Person, Relation | None]]:
    return [
        (person, relationship.read(word))
        for person in context.dependants
        if (word := person.relationship) and person.event != "removed" and word not in DITTO
    ]


@check(
    "RF08",
    "warning",
    columns=("relationship", "sex", "birth"),
    title="続柄が性別・生年月日と合わない",
    message="続柄と性別が合いません。",
    hint="続柄、性別、生年月日を確かめてください。列の一部だけを並べ替えたり、行をコピーしたりすると起こります。",
    source="R43(続柄・性別・生年月日を正確に記入)",
    follows=("DT04", "DT05", "DT06", "RF04"),
    younger="この続柄の人は、被保険者(シート「{other}」{line}行目)より後に生まれたはずです。",
    older="この続柄の人は、被保険者(シート「{other}」{line}行目)より前に生まれたはずです。",
)
def impossible_relationship(context: Context) -> Hits:
    """妻 is no man; a child, grandchild or younger sibling is younger than the insured, a parent
    or older sibling older. Twins share a day; 養 and 義 prove nothing about age."""
    for person in context.dependants:
        relation = relationship.read(person.relationship)
        if relation is None:
            continue
        if relation.sex and person.sex and relation.sex != person.sex:
            yield Hit(person.sheet, person.row, "relationship")
        if relation.age:
            yield from _wrong_age(context, person, relation)


def _wrong_age(context: Context, person: Person, relation: Relation) -> Hits:
    family = context.register.family(person)
    insured = family.birth_of if family else None
    if insured is None or insured.birth is None or person.birth is None:
        return
    if relation.steps == "UD" and person.birth == insured.birth:
        return
    if relation.age == "younger" and person.birth <= insured.birth:
        yield Hit(person.sheet, person.row, "birth", place(insured), variant="younger")
    elif relation.age == "elder" and person.birth >= insured.birth:
        yield Hit(person.sheet, person.row, "birth", place(insured), variant="older")


@check(
    "RF16",
    "warning",
    columns=("relationship", "living", "event"),
    title="同居が要る続柄の別居",
    message="この続柄の人は、被保険者と同じ世帯に属していなければ被扶養者になれませんが、別居になっています。",
    hint="入院や施設への入所で一時的に離れているときは、備考にそのことを書いてください。"
    "そうでなければ、被扶養者になれるかを健保組合に確かめてください。",
    source="健保法3条7項2号〜4号、平成11年3月19日 保険発24号(施設などへの入所)",
)
def must_live_together(context: Context) -> Hits:
    """別居, 該当 or 変更, of 義父母, 甥姪, 曾孫 and others of 3条7項2号 to 4号. A warning: an absence for a
    hospital or a home counts as living together."""
    for row, person in context.with_people("dependants"):
        relation = relationship.read(person.relationship) if person.relationship else None
        if person.event == "removed" or row.choice("living") != "apart" or relation is None:
            continue
        if relation.known and relation.clause in (2, 3):
            yield Hit("dependants", row.number, "living")


@check(
    "RF17",
    "error",
    columns=("relationship",),
    title="被扶養者になれない続柄",
    message="この続柄の人は3親等内の親族でないので、被扶養者になれません。",
    hint="続柄を確かめてください。いとこや、配偶者のきょうだいの配偶者は、同居していても認められません。",
    source="健保法3条7項、民法725条〜727条",
)
def too_distant(context: Context) -> Hits:
    """A relative beyond three degrees (いとこ, 玄孫), or by two marriages (妻の姉の夫)."""
    for person, relation in _dependants(context):
        if relation is not None and relation.known and relation.clause is None:
            yield Hit(person.sheet, person.row, "relationship")


@check(
    "RF18",
    "error",
    columns=("relationship",),
    title="続柄として読めない",
    message="続柄が、親族の続柄として読めません。",
    hint="被保険者から見た続柄(妻、長男、母、妻の父 など)を入力してください。親族でない人は被扶養者になれません。",
    source="健保法3条7項、被扶養者(異動)届の様式(続柄)",
)
def unknown_relationship(context: Context) -> Hits:
    """A word that no list knows (友人, 本人); codes, その他 and words that may mean several are left to
    the insurer."""
    for person, relation in _dependants(context):
        if relation is None:
            yield Hit(person.sheet, person.row, "relationship")


@check(
    "RF19",
    "error",
    columns=("relationship", "event", "event_date"),
    title="配偶者が2人になる",
    message="同じ被保険者の配偶者(シート「{other}」{line}行目)が、この日({day})にまだ被扶養者です。",
    hint="前の配偶者の「非該当」の届出を先に(または同時に)出してください。続柄の間違いなら直してください。",
    source="健保法3条7項1号",
    follows=("DT04", "DT05"),
    to_employer={
        "": "同じ被保険者の配偶者が、この日({day})にまだ被扶養者です。",
    },
)
def second_spouse(context: Context) -> Hits:
    """該当 of a 配偶者 while another one of the same 記号・番号 is covered on that day."""
    spouses = context.once(_spouses)
    for _, person in context.with_people("dependants"):
        home = context.register.home(person)
        if person.event != "added" or person.acquired is None or home is None:
            continue
        if not _is_spouse(person):
            continue
        for other in spouses[home]:
            if other is not person and _covered_spouse(context, other, person, person.acquired):
                values = place(other) | {"day": era_date.both(person.acquired)}
                yield Hit("dependants", person.row, "relationship", values)
                break


_SPOUSES = 20
"""So many people of one household are looked at: more are copies of rows."""


def _spouses(context: Context) -> dict[Household, list[Person]]:
    """The 配偶者 of each household, by name the first row; 非該当 and 変更 are none."""
    register = context.register
    found: dict[Household, dict[str, Person]] = defaultdict(dict)
    for person, relation in _dependants(context):
        home = register.home(person)
        if home is None or person.event == "changed" or relation is None or not relation.is_spouse:
            continue
        if len(found[home]) < _SPOUSES:
            found[home].setdefault(register.name(person), person)
    return {home: list(people.values()) for home, people in found.items()}


def _is_spouse(person: Person) -> bool:
    relation = relationship.read(person.relationship)
    return relation is not None and relation.is_spouse


def _covered_spouse(context: Context, other: Person, person: Person, day: dt.date) -> bool:
    """Whether ``other`` is another spouse who is a dependant on the day."""
    register = context.register
    if register.name(other) == register.name(person) or other.birth == person.birth:
        return False  # the same person, perhaps under a new name
    if other.acquired is not None and other.acquired > day:
        return False
    family = register.family(other)
    start = other.acquired or dt.date.min
    ends = [other.lost, family.removal(other, register.name(other), start) if family else None]
    return not any(start <= end <= day for end in ends if end)


@check(
    "RF23",
    "info",
    columns=("relationship", "event"),
    title="続柄が大まか",
    message="続柄が大まかで、健保組合に問い合わせを受けることがあります。",
    hint="「長男」「妻」「父」「弟」「妻の母」のように、だれかが分かる続柄を入力してください。",
    source="被扶養者(異動)届の様式(続柄)、健保組合の記入方法",
)
def vague_relationship(context: Context) -> Hits:
    """該当 with a word that leaves open who it is (子, 父母, 兄弟, その他); not asked of the register."""
    for person, relation in _dependants(context):
        vague = relation is not None and relation.vague
        if person.sheet == "dependants" and person.event == "added" and vague:
            yield Hit("dependants", person.row, "relationship")
