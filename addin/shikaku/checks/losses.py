"""LS: the day of loss against its cause, and against an acquisition that follows it.

健保法36条: the status is lost on the day after the fact; on the very day when somebody is enrolled
elsewhere that day. 75歳 is the birthday itself (高齢者の医療の確保に関する法律52条).
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context, is_blank
from shikaku.fields import era_date
from shikaku.identity.matching import fold_number
from shikaku.identity.register import place
from shikaku.law import age, parameters, voluntary
from shikaku.model.people import Person
from shikaku.model.tables import Row

_NEXT_DAY = ("leaving", "death")
_DAY = dt.timedelta(1)

_NEAR = dt.timedelta(31)
"""So far a wrong day of loss is from the last day at work when it was counted wrongly; farther, when a year
or a month was mistyped."""


def _continues(context: Context, row: Row, day: dt.date) -> bool:
    """Whether the same person acquires anew on that very day (健保法36条括弧書)."""
    register = context.register
    person = context.people[row.sheet, row.number]
    others = register.same(person, "acquisition", "members")
    return any(other.acquired == day and not other.direct for other in others)


@check(
    "LS01",
    "error",
    columns=("left", "lost", "cause"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="資格喪失年月日が退職・死亡の翌日でない",
    message="資格喪失年月日({lost})が、退職等年月日({left})の翌日になっていません。",
    hint="資格喪失年月日は{right}になります。退職等年月日とあわせて確かめてください。",
    source="健保法36条、年金機構 資格喪失届の記入例",
    same="資格喪失年月日が退職等年月日と同じ日({left})になっています。",
)
def not_next_day(context: Context) -> Hits:
    """退職等・死亡: the next day. The same day is right only for whoever is enrolled again on that
    very day (a transfer), which a row of 資格取得届 or 加入者台帳 shows."""
    for row in context.rows("loss"):
        left, lost = row.date("left"), row.date("lost")
        if row.choice("cause") not in _NEXT_DAY or left is None or lost is None:
            continue
        if lost == left + _DAY or (lost == left and _continues(context, row, lost)):
            continue
        values = {
            "left": era_date.both(left),
            "lost": era_date.both(lost),
            "right": era_date.both(left + _DAY),
        }
        # Months apart one of the two days is a slip, and what is counted from it is void.
        doubts = ("lost",) if abs(lost - left) > _NEAR else ("cause",)
        variant = "same" if lost == left else ""
        yield Hit("loss", row.number, "lost", values, variant=variant, doubts=doubts)


def misdated(context: Context) -> set[tuple[str, int]]:
    """(sheet, row) of the losses whose day LS01 doubts."""
    return {(h.sheet, h.row) for h in not_next_day(context) if "lost" in h.doubts}


@check(
    "LS02",
    "error",
    columns=("birth", "lost", "cause"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="75歳到達の資格喪失年月日が誕生日でない",
    message="75歳到達の資格喪失年月日が、75歳の誕生日{right}になっていません。",
    hint="資格喪失年月日を{right}にするか、生年月日と喪失原因を確かめてください。",
    source="高齢者の医療の確保に関する法律50条・52条、健保法36条",
)
def not_birthday(context: Context) -> Hits:
    """75歳到達: the birthday itself; for a birth on 29 February 1 March."""
    for row in context.rows("loss"):
        birth, lost = row.date("birth"), row.date("lost")
        if row.choice("cause") == "age_75" and birth and lost and lost != age.leaves(birth):
            right = era_date.both(age.leaves(birth))
            yield Hit("loss", row.number, "lost", {"right": right})


@check(
    "LS04",
    "error",
    columns=("left", "cause"),
    title="退職・死亡の日がない",
    message="喪失原因が退職等・死亡なのに、退職等年月日が空欄です。",
    hint="退職日(死亡のときは死亡日)を入力してください。資格喪失年月日はその翌日です。",
    source="資格喪失届の様式(喪失原因が退職等・死亡のとき必須)",
)
def no_day_of_leaving(context: Context) -> Hits:
    """退職等・死亡 without the day of it."""
    for row in context.rows("loss"):
        blank = context.has("loss", "left") and is_blank(row, "left")
        if row.choice("cause") in _NEXT_DAY and blank:
            yield Hit("loss", row.number, "left")


@check(
    "LS05",
    "warning",
    columns=("left", "cause"),
    title="退職等年月日が要らない喪失原因",
    message="この喪失原因では、退職等年月日は記入しません。",
    hint="退職・死亡なら喪失原因を直し、そうでなければ退職等年月日を空欄にしてください。",
    source="資格喪失届の様式(退職等・死亡以外では空欄)",
)
def needless_day_of_leaving(context: Context) -> Hits:
    """75歳, 障害認定, 社会保障協定 with a 退職等年月日."""
    for row in context.rows("loss"):
        cause = row.choice("cause")
        if cause and cause not in _NEXT_DAY and not is_blank(row, "left"):
            yield Hit("loss", row.number, "left")


@check(
    "LS06",
    "error",
    columns=("birth", "lost", "cause"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="75歳の誕生日より後の資格喪失",
    message="資格喪失年月日({lost})が75歳の誕生日({birthday})より後です。資格は誕生日に失われています。",
    hint="喪失原因を75歳到達、資格喪失年月日を{birthday}にするか、生年月日を確かめてください。",
    source="高齢者の医療の確保に関する法律50条・52条",
)
def after_75(context: Context) -> Hits:
    """Any other cause, but the loss is after the 75th birthday (on it: leaving the day before)."""
    for row in context.rows("loss"):
        birth, lost = row.date("birth"), row.date("lost")
        if birth and lost and row.choice("cause") != "age_75" and lost > age.leaves(birth):
            values = {"lost": era_date.both(lost), "birthday": era_date.both(age.leaves(birth))}
            yield Hit("loss", row.number, "lost", values)


@check(
    "LS07",
    "warning",
    columns=("birth", "lost", "cause"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="障害認定の年齢でない",
    message="喪失原因が障害認定ですが、資格喪失年月日に65歳以上75歳未満ではありません。",
    hint="生年月日、資格喪失年月日、喪失原因を確かめてください。",
    source="高齢者の医療の確保に関する法律50条2号",
)
def disability_age(context: Context) -> Hits:
    """障害認定 is for those who have attained 65 and are not 75 yet."""
    for row in context.rows("loss"):
        birth, lost = row.date("birth"), row.date("lost")
        if row.choice("cause") != "disability" or birth is None or lost is None:
            continue
        if not age.attains(birth, 65) <= lost < age.leaves(birth):
            yield Hit("loss", row.number, "cause")


_GAP_DAYS = 14
"""A pause up to this long between loss and acquisition is taken for a slip, longer for a pause."""


@dataclass(frozen=True, slots=True)
class _LossAndReturn:
    """A loss and an acquisition of one person, with their days."""

    loss: Person
    lost: dt.date
    acquisition: Person
    acquired: dt.date


def _changes(context: Context) -> list[_LossAndReturn]:
    """Losses of 資格喪失届, and those of 加入者台帳 that no filing here tells of: of an employee, and
    before the acquisition, since a later one may be that of the enrolment which it began."""
    register = context.register
    found: list[_LossAndReturn] = []
    for person in context.people.values():
        lost = person.lost
        if person.sheet not in ("loss", "members") or lost is None:
            continue
        enrolled = person.sheet == "members"
        if enrolled and (
            person.kind != "insured"
            or any(filing.lost == lost for filing in register.same(person, "loss"))
        ):
            continue
        found += [
            _LossAndReturn(person, lost, other, other.acquired)
            for other in register.same(person, "acquisition")
            if other.acquired is not None and not (enrolled and other.acquired < lost)
        ]
    return found


def _earlier_membership(context: Context, change: _LossAndReturn) -> bool:
    """Whether the loss ends another membership than the acquisition begins: they stand under
    two 記号・番号, or the register has an older acquisition."""
    register = context.register
    homes = register.home(change.acquisition), register.home(change.loss)
    if None not in homes and homes[0] != homes[1]:
        return True
    return any(
        m.acquired and m.acquired < change.acquired
        for m in register.same(change.loss, "members")
        if register.home(m) == homes[1]
    )


@check(
    "LS10",
    "warning",
    columns=("name", "birth", "acquired", "lost"),
    title="喪失日と、続く取得日が合わない",
    message="同じ人の資格喪失(シート「{other}」{line}行目)から資格取得まで{days}日空いています。",
    hint="転籍や再雇用で続けて勤めるなら、資格取得年月日は資格喪失年月日と同じ日({lost})です。",
    source="健保法35条・36条、同日得喪の取扱い",
    follows=("DT04", "DT05", "DT06"),
    overlap="同じ人の資格喪失(シート「{other}」{line}行目)より前の日に資格を取得しています。"
    "2つの資格が重なります。",
    hint_overlap="どちらの日付が正しいかを確かめてください。続けて加入するなら、同じ日({lost})になります。",
    voluntary="任意継続の資格取得年月日が、資格喪失年月日(シート「{other}」{line}行目)と違います。",
    hint_voluntary="任意継続は資格を失った日から始まります。資格取得年月日を{lost}にするか、"
    "喪失の日付を確かめてください。",
)
def gap_or_overlap(context: Context) -> Hits:
    """A transfer or re-employment must join without a gap (up to 14 days are reported) or overlap;
    任意継続 begins on the day of the loss (健保法3条4項)."""
    for change in context.once(_changes):
        days = (change.acquired - change.lost).days
        values = place(change.loss) | {"days": days, "lost": era_date.both(change.lost)}
        row = change.acquisition.row
        if 0 < days <= _GAP_DAYS:
            variant = "voluntary" if change.acquisition.direct else ""
            yield Hit("acquisition", row, "acquired", values, variant=variant)
        elif days < 0 and _earlier_membership(context, change):
            yield Hit("acquisition", row, "acquired", values, variant="overlap")


@check(
    "LS11",
    "info",
    columns=("name", "birth", "acquired", "lost"),
    title="同日得喪(転籍・再雇用)",
    message="シート「{other}」{line}行目の資格喪失と同じ日の、別の記号での資格取得です(転籍など)。",
    hint="喪失届と取得届を一緒に出してください。前の資格確認書は返納し、被扶養者も届け出ます。",
    source="健保法36条、同日得喪の取扱い",
    follows=("DT04", "DT05", "DT06"),
    rehired="シート「{other}」{line}行目の資格喪失と同じ日の、同じ記号での資格取得です"
    "(60歳以上の退職後の再雇用)。",
    hint_rehired="喪失届と取得届を一緒に出し、退職日の分かる書類(就業規則、退職辞令など)と再雇用の契約書の写し、"
    "または両方の日の事業主の証明を添えてください。被扶養者も届け出ます。",
)
def same_day(context: Context) -> Hits:
    """Loss and acquisition on one day: under another 記号, or under the same from 60 on."""
    for change in context.once(_changes):
        if change.acquired == change.lost and not change.acquisition.direct:
            if not _one_employer(context, change):
                yield Hit("acquisition", change.acquisition.row, "acquired", place(change.loss))
            elif _may_be_rehired(change):
                yield Hit(
                    "acquisition",
                    change.acquisition.row,
                    "acquired",
                    place(change.loss),
                    variant="rehired",
                )


@check(
    "LS14",
    "warning",
    columns=("name", "birth", "acquired", "lost"),
    title="60歳未満の同日得喪",
    message="同じ記号で、60歳未満の人が資格を喪失(シート「{other}」{line}行目)した日に資格を取得しています。",
    hint="1日の空白もなく再び雇われる人の資格は続きます。喪失届と取得届は要らないか、確かめてください。"
    "別の事業所への転籍なら、記号を確かめてください。",
    source="平成25年1月25日 保保発0125第1号(60歳以上の者の同日得喪)、健保法36条",
    follows=("DT04", "DT05", "DT06"),
)
def same_day_too_young(context: Context) -> Hits:
    """Loss and acquisition of one day under one 記号 by somebody under 60: the membership goes on."""
    for change in context.once(_changes):
        if change.acquired != change.lost or change.acquisition.direct:
            continue
        if _one_employer(context, change) and not _may_be_rehired(change):
            yield Hit("acquisition", change.acquisition.row, "acquired", place(change.loss))


def _one_employer(context: Context, change: _LossAndReturn) -> bool:
    """Whether loss and acquisition stand under one 記号; a blank one is that of 設定."""
    own = context.settings.employer_symbol
    return fold_number(change.loss.symbol or own) == fold_number(change.acquisition.symbol or own)


def _may_be_rehired(change: _LossAndReturn) -> bool:
    """Whether the person has attained 60 by the day (年齢計算ニ関スル法律); without a birth: yes."""
    birth = change.loss.birth or change.acquisition.birth
    return birth is None or age.attains(birth, parameters.count("ages.rehired")) <= change.acquired


@check(
    "LS13",
    "warning",
    columns=("kind", "acquired", "lost"),
    title="任意継続の前の加入が2か月に満たない",
    message="任意継続の前の加入({start}から)が、資格喪失の前日まで{months}か月に満ちません。",
    hint="直前にほかの健保組合や協会けんぽに切れ目なく加入していた期間があれば通算できます。"
    "その期間を備考に書いてください。なければ任意継続はできません。",
    source="健保法3条4項、民法143条",
    follows=("DT04", "DT05", "DT06", "LS10"),
)
def too_short_before(context: Context) -> Hits:
    """任意継続 on 資格取得届 after less than two months of cover here, as far as the sheets show it."""
    register = context.register
    for person in context.people.values():
        if person.sheet != "acquisition" or person.kind != voluntary.KINDS[0]:
            continue
        if person.acquired is None:
            continue
        rows = register.same(person, "members", "acquisition", "loss")
        start = _covered_since(rows, person.acquired)
        months = parameters.count("voluntary.months_before")
        if start is not None and age.months_on(start, months) > person.acquired:
            values = {"start": era_date.both(start), "months": months}
            yield Hit("acquisition", person.row, "acquired", values)


def _covered_since(rows: list[Person], until: dt.date) -> dt.date | None:
    """The beginning of the cover that ends on ``until``, as employee and without a gap; None when
    no sheet shows it."""
    starts = {p.acquired for p in rows if p.acquired and not p.direct}
    ends = {p.lost for p in rows if p.lost} | {until}
    found = None
    day = until
    while day in ends and (earlier := [start for start in starts if start < day]):
        found = max(earlier)
        if any(found < end < day for end in ends):
            return None if day == until else day
        day = found
    return found
