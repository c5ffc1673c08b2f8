"""RF: rows that must fit together — the insured, the dependants, the filings."""

import datetime as dt
import re
from bisect import bisect_right

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context, is_blank
from shikaku.checks.doubles import misfiled
from shikaku.fields import era_date, relationship
from shikaku.identity.matching import Household, fold_name, fold_number
from shikaku.identity.register import Register, place
from shikaku.model.employers import symbols_of
from shikaku.model.people import Person
from shikaku.model.schema import FILINGS


@check(
    "RF01",
    "error",
    columns=("symbol", "number", "kind"),
    follows=("RF12",),
    title="被扶養者の記号・番号に被保険者がいない",
    message="この記号・番号の被保険者が、加入者台帳にも届にもいません。",
    hint="記号・番号の入力間違いを確かめ、正しければ被保険者を台帳か資格取得届に入れてください。",
    source="健保法3条7項、健保則38条1項",
    to_employer={
        "": "この記号・番号の被保険者が、健保組合の記録にも届にもいません。",
        "hint": "記号・番号の入力間違いを確かめ、正しければ被保険者の資格取得届を出してください。",
    },
)
def no_insured(context: Context) -> Hits:
    """A dependant on 加入者台帳, 被扶養者異動届 or (wrongly) 資格取得届, whose 記号・番号 no insured has on any
    sheet. Spelling (leading zeros, widths) does not matter here."""
    register = context.register
    for person in context.dependants:
        home = register.home(person) if person.symbol else None
        if home and not register.insured(home):
            yield Hit(person.sheet, person.row, "number")


@check(
    "RF03",
    "error",
    columns=("symbol", "number", "kind", "lost", "event", "event_date"),
    title="被保険者が喪失するのに被扶養者が残っている",
    message="被保険者(シート「{other}」{line}行目)は{lost}に資格を喪失しますが、"
    "この被扶養者の喪失がありません。",
    hint="被扶養者異動届に、同じ日付の「非該当」の行を入れるか、台帳に資格喪失年月日を入力してください。"
    "被扶養者の資格確認書も回収します。",
    source="健保法3条7項・36条、R46",
    later="被保険者(シート「{other}」{line}行目)は{lost}に資格を喪失しますが、"
    "この被扶養者の喪失がそれより後の日になっています。",
    hint_later="被扶養者は被保険者と同じ日に資格を失います。日付を確かめてください。",
    to_employer={
        "": "被保険者は{lost}に資格を喪失しますが、この被扶養者の喪失がありません。",
        "later": "被保険者は{lost}に資格を喪失しますが、この被扶養者の喪失がそれより後の日になっています。",
        "hint": "被扶養者異動届に、同じ日付の「非該当」の行を入れてください。"
        "被扶養者の資格確認書も回収してください。",
    },
)
def left_behind(context: Context) -> Hits:
    """An insured loses, on 資格喪失届 or 加入者台帳, and a dependant of the 記号・番号 has neither a 資格喪失年月日
    nor a 非該当 up to that day. Whoever is insured again from that day on, with the same
    記号・番号, keeps the dependants."""
    register = context.register
    for family in register.losing:
        ends = {p.lost: p for p in family.final_losses(context.once(misfiled)) if p.lost}
        days = list(ends)
        for person in _standing(register, family.dependants) if ends else ():
            start = person.acquired or dt.date.min
            after = bisect_right(days, start)
            if after == len(days):
                continue
            lost = days[after]
            removal = family.removal(person, register.name(person), start)
            own = [day for day in (person.lost, removal) if day and day >= start]
            if any(day <= lost for day in own):
                continue
            columns = {"dependants": "event_date", "acquisition": "name"}
            values = place(ends[lost]) | {"lost": era_date.both(lost)}
            yield Hit(
                person.sheet,
                person.row,
                columns.get(person.sheet, "lost"),
                values,
                variant="later" if own else "",
            )


def _standing(register: Register, dependants: list[Person]) -> list[Person]:
    """A household's dependants, each once: the row of 加入者台帳, else the last 該当."""
    found: dict[str, Person] = {}
    for person in dependants:
        if person.event in ("removed", "changed"):
            continue
        name = register.name(person)
        known = found.get(name)
        if known is None or known.sheet != "members" or person.sheet == "members":
            found[name] = person
    return list(found.values())


@check(
    "RF05",
    "warning",
    columns=("symbol", "number", "event", "event_date", "acquired"),
    follows=(
        "DT04",
        "DT05",
        "DT07",
    ),
    title="被保険者の資格がない日の該当",
    message="被保険者がこの日({day})に加入していないのに、被扶養者になっています。",
    hint="日付と記号・番号を確かめてください。被扶養者になれるのは、被保険者が加入している間だけです。",
    source="健保法3条7項",
)
def outside_membership(context: Context) -> Hits:
    """該当, or 資格取得年月日 of a dependant, before the insured's acquisition or from the loss on."""
    register = context.register
    for family in register.families.values():
        for person in family.dependants if family.insured else ():
            if person.acquired and not family.covered(person.acquired):
                column = "event_date" if person.sheet == "dependants" else "acquired"
                values = {"day": era_date.both(person.acquired)}
                yield Hit(person.sheet, person.row, column, values)


@check(
    "RF06",
    "warning",
    columns=("kind", "branch", "relationship"),
    follows=("RF09",),
    title="区分・枝番・続柄が合わない",
    message="区分が被扶養者なのに、枝番が被保険者本人の00です。",
    hint="区分と枝番、続柄を確かめてください。被保険者本人の枝番は00、被扶養者は01からです。",
    source="R33(記号・番号・枝番)",
    insured="区分が被保険者なのに、枝番が00ではありません。",
    relationship="区分が被扶養者なのに、続柄が空欄です。",
    insured_relationship="区分が被保険者なのに、被扶養者の続柄が入っています。",
)
def kind_and_branch(context: Context) -> Hits:
    """枝番 00 is the insured's own; a dependant has another and a 続柄."""
    has_column = context.has("members", "relationship")
    for row, person in context.with_people("members", "dependants"):
        if person.kind is None:
            continue
        own = bool(person.branch) and fold_number(person.branch) == "0"
        if person.is_dependant:
            if own:
                yield Hit(row.sheet, row.number, "branch")
            if row.sheet == "members" and has_column and is_blank(row, "relationship"):
                yield Hit(row.sheet, row.number, "relationship", variant="relationship")
        else:
            if person.branch and not own:
                yield Hit(row.sheet, row.number, "branch", variant="insured")
            if _of_a_dependant(person.relationship):
                yield Hit(row.sheet, row.number, "relationship", variant="insured_relationship")


def _of_a_dependant(word: str) -> bool:
    relation = relationship.read(word) if word else None
    return relation is not None and relation.known


@check(
    "RF11",
    "warning",
    columns=("symbol", "number", "insured_name"),
    follows=("RF04", "NM04"),
    title="被保険者氏名が記号・番号の人と違う",
    message="被保険者氏名が、同じ記号・番号の被保険者(シート「{other}」{line}行目)と違います。",
    hint="記号・番号と被保険者氏名のどちらが正しいかを確かめてください。",
    source="R43、健保則38条1項",
)
def wrong_insured_name(context: Context) -> Hits:
    """被保険者氏名 is none of the names that the insured of the 記号・番号 has on any sheet."""
    for (sheet, row), insured in context.once(_other_insured).items():
        yield Hit(sheet, row, "insured_name", place(insured))


def _other_insured(context: Context) -> dict[tuple[str, int], Person]:
    """(sheet, row) of 被扶養者異動届 whose 被保険者氏名 is another than the insured of its 記号・番号."""
    register = context.register
    found = {}
    for person in context.people.values():
        if person.sheet != "dependants" or not person.insured_name:
            continue
        family = register.family(person)
        names = {name: p for name, p in family.insured_names.items() if name} if family else {}
        if names and fold_name(person.insured_name) not in names:
            found[person.sheet, person.row] = next(iter(names.values()))
    return found


@check(
    "RF12",
    "warning",
    columns=("kind",),
    title="資格取得届に被扶養者",
    message="資格取得届に、被扶養者の行があります。",
    hint="被扶養者は被扶養者異動届の「該当」に入力してください。",
    source="健保則24条1項・38条1項",
)
def wrong_form(context: Context) -> Hits:
    """A dependant on 資格取得届."""
    for person in context.people.values():
        if person.sheet == "acquisition" and person.is_dependant:
            yield Hit("acquisition", person.row, "kind")


@check(
    "RF13",
    "warning",
    columns=("symbol", "number", "branch", "name", "event"),
    follows=("RQ01",),
    title="台帳にいない人の喪失・非該当",
    message="加入者台帳にも届にも、この記号・番号のこの人の加入がありません。",
    hint="記号・番号と氏名の入力間違いを確かめてください。",
    source="R43、健保則29条1項・38条2項",
)
def unknown_person(context: Context) -> Hits:
    """資格喪失届, 非該当 or 変更 of somebody whose membership no sheet shows. Silent while the register
    is empty, and where the 記号・番号 of a dependant is unknown (RF01) or another insured's (RF11)."""
    register = context.register
    if not any(context.rows("members")):
        return
    for person in context.people.values():
        if person.sheet != "loss" and person.event not in ("removed", "changed"):
            continue
        family = register.family(person)
        if family is None:
            continue
        if (person.sheet, person.row) in context.once(_other_insured):
            continue
        if family.insured and not family.enrols(person, register.name(person)):
            yield Hit(person.sheet, person.row, "name")


@check(
    "RF20",
    "error",
    columns=("event", "remarks"),
    title="変更なのに変更前の内容がない",
    message="異動の別が「変更」ですが、備考に変更前の内容がありません。",
    hint="備考に、変わる前の内容(変更前の氏名、住所など)を書いてください。",
    source="被扶養者(異動)届の様式(変更のときは備考に変更前の内容)",
)
def no_former_content(context: Context) -> Hits:
    """変更 with an empty 備考."""
    for row in context.rows("dependants"):
        blank = context.has("dependants", "remarks") and is_blank(row, "remarks")
        if row.choice("event") == "changed" and blank:
            yield Hit("dependants", row.number, "remarks")


@check(
    "RF21",
    "warning",
    columns=("symbol", "employer_symbol"),
    title="届の記号が事業所の記号でない",
    message="記号が、設定の「事業所記号」と違います。",
    hint="記号を確かめてください。記号がいくつかある事業所では、設定の「事業所記号」に「、」で区切って全部入れます。",
    source="R33(記号・番号・枝番)、健保則24条1項",
    collected="記号が、この行を届け出た事業所の記号と違います。",
    hint_collected="記号と「事業所記号」の欄を確かめてください。",
)
def other_symbol(context: Context) -> Hits:
    """記号 of a filing that is none of 設定's 事業所記号, in a collected book of the row's own. 任意継続 is
    no employer's."""
    own, register = symbols(context.settings.employer_symbol), context.register
    for row in context.rows(*FILINGS):
        person = context.people[row.sheet, row.number]
        if not person.symbol or person.direct:
            continue
        if register.home(person) in context.once(_voluntary_homes):
            continue
        sender = row.text("employer_symbol")
        known = symbols(sender) if sender else own
        if known and fold_number(person.symbol) not in known:
            variant = "collected" if sender else ""
            yield Hit(row.sheet, row.number, "symbol", variant=variant)


def symbols(text: str) -> set[str]:
    """The 記号 of a line that may hold several, as they are compared."""
    return set(map(fold_number, symbols_of(text)))


def _voluntary_homes(context: Context) -> set[Household | None]:
    """The 記号・番号 of 任意継続被保険者."""
    register = context.register
    return {register.home(p) for p in context.people.values() if p.direct} - {None}


_EXCEPTIONS = re.compile("例外|留学|赴任|同行|駐在|ボランティア|国内居住|ビザ|査証")


@check(
    "RF22",
    "warning",
    columns=("event", "no_number_reason", "remarks"),
    title="国外に住む被扶養者の、例外の事由がない",
    message="海外在住の人の該当ですが、国内居住要件の例外に当たる事由が備考にありません。",
    hint="留学、海外赴任への同行など、例外に当たる事由を備考に書いてください。当たらなければ被扶養者になれません。",
    source="健保法3条7項、健保則37条の2、令和元年11月13日 保保発1113第1号",
)
def abroad_without_exception(context: Context) -> Hits:
    """該当 of somebody who lives abroad, and no word of the exceptions in 備考."""
    for row in context.rows("dependants"):
        if row.choice("event") != "added" or row.choice("no_number_reason") != "abroad":
            continue
        if context.has("dependants", "remarks") and not _EXCEPTIONS.search(row.text("remarks")):
            yield Hit("dependants", row.number, "remarks")
