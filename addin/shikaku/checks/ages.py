"""AG: who reaches 70 or 75 soon, who should have left, and the end of 任意継続."""

import datetime as dt
from collections.abc import Callable, Iterator

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import PEOPLE, Context
from shikaku.fields import era_date
from shikaku.identity import ends
from shikaku.identity.register import Register
from shikaku.law import age, parameters, voluntary
from shikaku.model.people import VOLUNTARY, Person


def _born(
    context: Context, last: int, judge: Callable[[dt.date], bool]
) -> Iterator[tuple[Person, dt.date]]:
    """(person, birth) of everybody born up to the end of the year ``last``, most people are younger, of
    whose birth ``judge`` says yes, 変更 left out."""
    for person in context.people.values():
        birth = person.birth
        if birth is None or birth.year > last or person.event == "changed":
            continue
        if judge(birth):
            yield person, birth


def _stands_for_member(register: Register, person: Person, as_of: dt.date) -> bool:
    """A member on the day whose row of 加入者台帳 this is, or who has none there."""
    if register.ended(person, as_of):
        return False
    if person.sheet == "members":
        return True
    return all(register.ended(m, as_of) for m in register.same(person, "members"))


@check(
    "AG01",
    "warning",
    columns=("birth", "lost"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="まもなく70歳・75歳になる",
    message="{day}に70歳に達します。{start}から70歳以上の負担割合になり、資格確認書に負担割合が必要です。",
    unprinted="{day}に70歳に達します。{start}から70歳以上の負担割合になります。",
    hint_unprinted="設定により、被扶養者の資格確認書には負担割合を印字しません。",
    hint="資格確認書を持つ人には、負担割合と発効年月日の入ったものを手配してください。",
    source="健保法74条1項、年齢計算ニ関スル法律、R33・C9",
    insured_75="{day}に75歳になり、後期高齢者医療制度に移ります。被扶養者も同じ日に資格を失います。",
    hint_insured_75="資格喪失届(喪失原因は75歳到達、資格喪失年月日は誕生日)を用意し、"
    "被扶養者には国民健康保険などへの加入を案内してください。",
    voluntary_75="{day}に75歳になり、後期高齢者医療制度に移ります。任意継続の被扶養者も同じ日に資格を失います。",
    hint_voluntary_75="届出は要りません。資格喪失年月日(75歳の誕生日)を台帳に入力し、資格確認書の返納と、"
    "被扶養者の国民健康保険などへの加入を本人に案内してください。",
    dependant_75="{day}に75歳になり、後期高齢者医療制度に移ります。",
    hint_dependant_75="被扶養者異動届(非該当、異動年月日は誕生日)を用意してください。",
)
def soon(context: Context) -> Hits:
    """0 to 90 days until 70 is attained (the day before the birthday) or the 75th birthday, unless
    a loss is on the sheets up to then, or up to the day on which the share begins."""
    register = context.register
    window = parameters.count("ages.look_ahead_days")
    burden = parameters.count("ages.burden")

    def is_soon(day: dt.date) -> bool:
        return 0 <= (day - context.as_of).days <= window

    def comes(birth: dt.date) -> bool:
        return is_soon(age.attains(birth, burden)) or is_soon(age.leaves(birth))

    for person, birth in _born(context, context.as_of.year - burden + 1, comes):
        if not _stands_for_member(register, person, context.as_of):
            continue
        attained, leaves = age.attains(birth, burden), age.leaves(birth)
        start = age.burden_start(birth)
        for day, matters, variant in (
            (attained, start, _at_70(context, person)),
            (leaves, leaves, _leaving(person)),
        ):
            joins_late = day == leaves and ends.birthday_75(person) is None
            if not is_soon(day) or joins_late:  # AG02
                continue
            over = ends.two_years(person)
            if register.ended(person, matters) or (over is not None and over <= matters):  # AG03
                continue
            values = {"day": era_date.both(day), "start": era_date.both(start)}
            yield Hit(person.sheet, person.row, "birth", values, variant=variant)


def _at_70(context: Context, person: Person) -> str:
    insured_only = context.settings.burden_scope == "insured_only"
    return "unprinted" if person.is_dependant and insured_only else ""


def _leaving(person: Person) -> str:
    if person.is_dependant:
        return "dependant_75"
    return "voluntary_75" if person.direct else "insured_75"


@check(
    "AG02",
    "error",
    columns=("birth", "acquired", "event_date", "lost"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="75歳を過ぎている人",
    message="{day}に75歳になり、資格を失っているはずですが、その日までの喪失の届出も資格喪失年月日もありません。",
    hint="資格喪失届(被扶養者は異動届の非該当)を出し、台帳に資格喪失年月日{day}を入力してください。",
    source="高齢者の医療の確保に関する法律50条・52条、健保法3条1項7号",
    voluntary="{day}に75歳になり、任意継続の資格を失っているはずですが、その日までの資格喪失年月日がありません。",
    hint_voluntary="届出は要りません。台帳に資格喪失年月日{day}を入力し、資格確認書の返納を確かめてください。",
    joins="75歳の誕生日{day}以後に加入することはできません。",
    hint_joins="生年月日と日付を確かめてください。75歳以上の人は後期高齢者医療制度に加入します。",
    to_employer={
        "": "{day}に75歳になり、資格を失っているはずですが、その日までの喪失の届出がありません。",
        "hint": "資格喪失届(被扶養者は異動届の非該当)を出してください。",
        "voluntary": "{day}に75歳になり、任意継続の資格を失っています。",
        "hint_voluntary": "届出は要りません。資格確認書の返納を本人に伝えてください。",
    },
)
def over_75(context: Context) -> Hits:
    """Past the 75th birthday (on the day itself: AG01) and still a member, or joining from then."""
    register = context.register
    last = _last_day(context)

    def has_come(birth: dt.date) -> bool:
        return age.leaves(birth) <= last

    for person, birth in _born(context, last.year - age.leaving(), has_come):
        leaves = age.leaves(birth)
        joins = person.acquired is not None and person.acquired >= leaves
        if not joins and leaves >= context.as_of:
            continue
        values = {"day": era_date.both(leaves)}
        if joins:
            column = "event_date" if person.sheet == "dependants" else "acquired"
            yield Hit(person.sheet, person.row, column, values, variant="joins")
        elif _stands_for_member(register, person, context.as_of) and not _over_before(
            person, leaves
        ):
            own = "voluntary" if person.direct and not person.is_dependant else ""
            yield Hit(person.sheet, person.row, "birth", values, variant=own)


def _last_day(context: Context) -> dt.date:
    """The last day on which anybody joins by the sheets; this day at least."""
    days = (
        cell.day
        for key in ("acquired", "event_date")
        for sheet in PEOPLE
        for cell in context.cells(sheet, key)
    )
    return max(
        (day for day in days if day is not None and day > context.as_of), default=context.as_of
    )


def _over_before(person: Person, day: dt.date) -> bool:
    """Whether 任意継続's two years were over up to a day, which AG03 tells of the insured's row."""
    over = ends.two_years(person)
    return person.sheet == "members" and over is not None and over <= day


@check(
    "AG03",
    "warning",
    columns=("kind", "acquired", "lost"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="任意継続の2年が終わる",
    message="任意継続の2年が終わり、{day}に資格を失います。被扶養者も同じ日に資格を失います。",
    hint="国民健康保険などへの加入と、資格確認書の返納を本人に案内してください。",
    source="健保法38条1号",
    over="任意継続の2年は終わり、{day}に資格を失っているはずですが、資格喪失年月日がありません。",
    hint_over="資格喪失年月日を入力し、資格確認書の返納を確かめてください。",
    later="資格喪失年月日({lost})が、任意継続の2年が終わって資格を失う日({day})より後です。",
    hint_later="2年で自動的に終わるので、資格喪失年月日は{day}までの日になります。日付を直してください。",
)
def voluntary_ends(context: Context) -> Hits:
    """0 to 90 days until the two years are over (two years from the acquisition, that day counted),
    or past them without a loss; whatever the day, a loss later than they end."""
    register = context.register
    window = parameters.count("ages.look_ahead_days")
    for person in context.people.values():
        if person.kind != VOLUNTARY[0] or person.acquired is None or person.sheet != "members":
            continue
        day = voluntary.ends(person.acquired)
        left = (day - context.as_of).days
        values = {"day": era_date.both(day)}
        if person.lost is not None and person.lost > day:
            values["lost"] = era_date.both(person.lost)
            yield Hit("members", person.row, "lost", values, variant="later")
        elif (first := ends.by_itself(person)) is not None and first[0] < day:
            continue  # 75 comes before: AG01, AG02
        elif left <= window and not register.ended(person, max(day, context.as_of)):
            yield Hit(
                "members", person.row, "acquired", values, variant="" if left >= 0 else "over"
            )
        elif filed := _filed_later(register, person, day):
            values["lost"] = era_date.both(filed[0])
            yield Hit("loss", filed[1], "lost", values, variant="later")


def _filed_later(register: Register, person: Person, day: dt.date) -> tuple[dt.date, int] | None:
    """Day and row of the first 資格喪失届 by which a 任意継続 ends later than that day; None without one, or
    where a sheet has an end up to the day."""
    if register.ended(person, day):
        return None
    home = register.home(person)
    filed = [(p.lost, p.row) for p in register.same(person, "loss") if register.home(p) == home]
    later = [(lost, row) for lost, row in filed if lost is not None and lost > day]
    return min(later, default=None)


@check(
    "AG04",
    "warning",
    columns=("birth", "acquired", "kind"),
    title="15歳未満の被保険者",
    message="資格取得年月日({acquired})に{years}歳で、被保険者になっています。",
    hint="生年月日と区分を確かめてください。被扶養者の行ではありませんか。"
    "15歳の年度が終わるまでは、労働基準法により、許可のある場合などを除いて雇えません。",
    source="労働基準法56条、健保法35条",
    follows=("DT04", "DT05", "DT06", "RF04", "RF12"),
)
def too_young(context: Context) -> Hits:
    """An insured who is under 15 at the acquisition. 健保法 has no lower age, so it is no error."""
    least = parameters.count("ages.working")
    for person in context.people.values():
        if person.sheet not in ("members", "acquisition") or person.kind != "insured":
            continue
        if person.birth is None or person.acquired is None:
            continue
        if person.acquired.year - person.birth.year > least:  # nearly everybody
            continue
        years = age.on(person.birth, person.acquired)
        if 0 <= years < least:
            values = {"acquired": era_date.both(person.acquired), "years": years}
            yield Hit(person.sheet, person.row, "birth", values)
