"""DL: was it filed in time, and how long is there still (健保則24条・29条・38条, R43).

任意継続 is no filing of the employer's: on 資格取得届 it has the twenty days of 健保法37条 instead of the
five. The limit itself is computed in ``law/filing_limit`` and depends on the workbook's settings.
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context, is_blank
from shikaku.checks.dates import disordered
from shikaku.checks.losses import misdated
from shikaku.fields import era_date
from shikaku.law import filing_limit, parameters
from shikaku.model.schema import EVENT, FILINGS, schema


@dataclass(frozen=True, slots=True)
class Timing:
    """How one filing stands: the event's day, the limit, the day filed or None, the state of
    ``filing_limit.state`` with the calendar days left; voluntary: the twenty days of 任意継続."""

    sheet: str
    row: int
    event: dt.date
    limit: dt.date
    filed: dt.date | None
    state: str
    left: int | None
    voluntary: bool


def timings(context: Context) -> list[Timing]:
    """Every filing whose days can be read; a 届出日 that can't be read leaves its row out."""
    found = []
    for row in context.rows(*FILINGS):
        event = row.date(EVENT[row.sheet])
        filed = row.date("filed")
        if event is None or not context.has(row.sheet, "filed"):
            continue
        if filed is None and not is_blank(row, "filed"):
            continue
        kind = row.choice("kind") if row.sheet == "acquisition" else None
        voluntary = filing_limit.is_application(row.sheet, kind)
        limit = filing_limit.limit(row.sheet, kind, event, context.settings, context.closed)
        state, left = filing_limit.state(limit, filed, context.as_of)
        found.append(Timing(row.sheet, row.number, event, limit, filed, state, left, voluntary))
    return found


def _values(item: Timing) -> dict[str, object]:
    return {
        "event": schema().sheets[item.sheet].label(EVENT[item.sheet]),
        "limit": era_date.both(item.limit),
    }


@check(
    "DL01",
    "warning",
    columns=("acquired", "event_date", "lost", "filed"),
    follows=(
        "DT04",
        "DT05",
        "LS01",
    ),
    title="期限を過ぎて届け出た",
    message="提出期限{limit}を{late}日過ぎて届け出ています。",
    hint="遅れた理由を備考に書いてください。遅延理由書を求められることがあります。",
    source="R43、健保則24条1項・29条1項・38条1項",
)
def filed_late(context: Context) -> Hits:
    """Filed after the limit; a late 任意継続 is DL07."""
    yield from _late(context, voluntary=False)


@check(
    "DL07",
    "error",
    columns=("acquired", "filed"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="任意継続の申出が期限を過ぎた",
    message="任意継続の申出の期限{limit}を{late}日過ぎています。正当な理由がなければ認められません。",
    hint="遅れた理由を確かめ、健保組合に相談してください。",
    source="健保法37条1項",
)
def voluntary_late(context: Context) -> Hits:
    """任意継続 asked for after its twenty days: it is not accepted."""
    yield from _late(context, voluntary=True)


def _late(context: Context, *, voluntary: bool) -> Hits:
    for item in context.once(timings):
        if item.filed is not None and item.state == "late" and item.voluntary is voluntary:
            values = _values(item) | {"late": (item.filed - item.limit).days}
            yield Hit(item.sheet, item.row, "filed", values)


@check(
    "DL02",
    "error",
    columns=("acquired", "event_date", "lost", "filed"),
    follows=(
        "DT04",
        "DT05",
        "LS01",
    ),
    title="期限を過ぎて未提出",
    message="提出期限{limit}を{late}日過ぎていますが、届出日がありません。",
    hint="すぐに届け出てください。個人番号や書類がそろわなくても、届書は先に出せます。"
    "提出済みなら届出日を入力してください。",
    source="R43、健保則24条1項・29条1項・38条1項",
    long="提出期限{limit}を{late}日過ぎていますが、届出日がありません。"
    "事実の日から{sixty}日以上たち、確認の書類を求められることがあります。",
    hint_long="すぐに届け出てください。遅延理由書と、事実の日が分かる書類を求められることがあります。"
    "提出済みなら届出日を入力してください。",
    voluntary="任意継続の申出の期限{limit}を{late}日過ぎていますが、届出日がありません。",
    hint_voluntary="申出が済んでいれば届出日を入力してください。まだなら健保組合に相談してください。",
)
def overdue(context: Context) -> Hits:
    """Not filed, and the day of the check is after the limit (on the limit itself: DL03)."""
    sixty = parameters.count("filing.late_documents_days")
    for item in context.once(timings):
        if item.state == "overdue":
            late = (context.as_of - item.limit).days
            values = _values(item) | {"late": late, "sixty": sixty}
            long = (context.as_of - item.event).days >= sixty
            variant = "voluntary" if item.voluntary else "long" if long else ""
            yield Hit(item.sheet, item.row, "filed", values, variant=variant)


@check(
    "DL03",
    "warning",
    columns=("acquired", "event_date", "lost", "filed"),
    follows=(
        "DT04",
        "DT05",
        "LS01",
    ),
    title="提出期限が近い",
    message="提出期限{limit}まであと{left}日です。",
    hint="期限までに届け出てください。個人番号や書類がそろわなくても、届書は先に出せます。",
    source="R43、健保則24条1項・29条1項・38条1項",
    today="基準日の{limit}が提出期限です。",
    voluntary="任意継続の申出の期限{limit}まであと{left}日です。",
    hint_voluntary="期限を過ぎると、正当な理由がなければ認められません。",
)
def soon(context: Context) -> Hits:
    """Not filed, 0 to 3 calendar days until the limit."""
    for item in context.once(timings):
        if item.state == "soon":
            values = _values(item) | {"left": item.left}
            variant = "voluntary" if item.voluntary else "" if item.left else "today"
            yield Hit(item.sheet, item.row, "filed", values, variant=variant)


@check(
    "DL04",
    "warning",
    columns=("acquired", "event_date", "lost", "filed"),
    follows=(
        "DT04",
        "DT05",
        "LS01",
    ),
    title="事実の日から60日以上たって届け出た",
    message="「{event}」から{days}日たって届け出ています({sixty}日以上)。確認の書類を求められることがあります。",
    hint="遅延理由書と、事実の日が分かる書類(雇用契約書、辞令など)を用意してください。",
    source="日本年金機構・健保組合の遡及届の取扱い(60日以上)",
    documents="「{event}」から{days}日たって届け出ています({sixty}日以上)。{documents}の写しが要りました。",
    hint_documents="届け出たときに添えたかを確かめてください。",
    family="「{event}」から{days}日たって届け出ています({sixty}日以上)。"
    "異動の事実を確認する書類を求められることがあります。",
    hint_family="遅延理由書と、事実の日が分かる書類(戸籍、離職票など)を用意してください。",
)
def sixty_days(context: Context) -> Hits:
    """Filed sixty days or more after the event; a late 任意継続 is refused instead (DL07). The papers
    are those of the day on which it was filed."""
    sixty = parameters.count("filing.late_documents_days")
    for item in context.once(timings):
        if item.filed is not None and not item.voluntary:
            days = (item.filed - item.event).days
            if days >= sixty:
                values = _values(item) | {"days": days, "sixty": sixty}
                documents = parameters.value("filing.late_documents", item.filed)
                if documents and item.sheet != "dependants":
                    values["documents"] = "と".join(documents)
                    yield Hit(item.sheet, item.row, "filed", values, variant="documents")
                else:
                    variant = "family" if item.sheet == "dependants" else ""
                    yield Hit(item.sheet, item.row, "filed", values, variant=variant)


@check(
    "DL05",
    "error",
    columns=("acquired", "event_date", "lost", "left", "cause", "filed"),
    follows=(
        "DT04",
        "DT05",
    ),
    title="事実の日より前に届け出た",
    message="届出日が「{event}」({day})より前になっています。",
    hint="届出日か「{event}」を確かめてください。届出は、事実があってからです"
    "(内定者の事前点検などは、健保組合の案内に従ってください)。",
    source="健保則24条1項・29条1項・38条1項(当該事実があった日から)",
)
def too_early(context: Context) -> Hits:
    """Filed before the event. A loss by 退職等 or 死亡 may be filed on that day itself, the day before
    the loss; without a legible 退職等年月日 that is the day before 資格喪失年月日."""
    causes = {row.number: row for row in context.rows("loss")}
    for item in context.once(timings):
        if item.filed is None or item.filed >= item.event:
            continue
        if item.sheet == "loss":
            row = causes[item.row]
            left = row.date("left") or item.event - dt.timedelta(1)
            if row.choice("cause") in (None, "leaving", "death") and item.filed >= left:
                continue
        values = _values(item) | {"day": era_date.both(item.event)}
        yield Hit(item.sheet, item.row, "filed", values)


@check(
    "DL06",
    "warning",
    columns=("date",),
    title="「休日」に必要な年がない",
    message="シート「{sheet}」に{year}年の休日がありません。{year}年に当たる提出期限が正しく計算できません。",
    hint="シート「{sheet}」に{year}年の祝日と年末年始(12月29日〜1月3日)、健保組合の休業日を足してください。",
    source="民法142条、健保法194条",
)
def closed_days_missing(context: Context) -> Hits:
    """A year of some limit for which 休日 has no 元日. Without rolling no calendar is needed, and a
    limit after next year comes from a slip in a year, not from a calendar too short."""
    table = context.book.tables.get("closed_days")
    if table is None or context.settings.roll != "next_open_day":
        return
    void = context.once(disordered) | context.once(misdated)
    years = {
        item.limit.year for item in context.once(timings) if (item.sheet, item.row) not in void
    }
    years = {year for year in years if year <= context.as_of.year + 1}
    last = max((row.number for row in context.rows("closed_days")), default=table.header_row)
    for year in sorted(years):
        if not context.closed.covers(year):
            yield Hit("closed_days", last, "date", {"year": year})
