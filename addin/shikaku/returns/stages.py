"""The steps of getting a document back: pre-notice, request, reminder, final notice, 回収不能届.

Each step has a day, in open days from the return limit (the intervals are settings; domain.md
§6); a step that is late keeps its distance to the next one, so none is skipped and none is sent
twice. What was sent is read from 発行履歴 by 管理番号, and from the 督促回数 that a person typed.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shikaku.decisions import returns
from shikaku.fields import era_date
from shikaku.identity.ends import TWO_YEARS
from shikaku.identity.holders import Holder
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book

STAGES = ("none", "pre_notice", "request", "reminder", "final", "loss", "closed")
"""How far a case has come: the last letter that went out; ``pre_notice`` already when it is due, since
a coming loss shows in it. ``closed``: nothing more to do."""

KINDS = {
    "pre_notice": "return-request",
    "request": "return-request",
    "reminder": "return-reminder",
    "final": "return-final",
    "loss": "return-loss",
}
"""Step → kind of letter."""

VOLUNTARY_END = "voluntary-end"
"""The letter that does the pre-notice's work before 任意継続's two years are over."""

STEPS = {kind: step for step, kind in KINDS.items()} | {VOLUNTARY_END: "pre_notice"}
"""Kind of letter → step; a return-request is a request unless 発行履歴 says PRE_NOTICE."""

COUNTED = ("reminder", "final")
"""The steps that 督促回数 counts."""

_ASKING = ("pre_notice", "request")
"""The steps whose letter asks for the document, before the loss or on it."""

PRE_NOTICE = "事前案内"
"""What 発行履歴 says in 備考 for a request that went out before the day of loss."""

MEMBER = "加入中。喪失したときに判定"
EXPIRED_BY_THEN = "加入中。喪失の日には有効期限が過ぎているため返納不要"
USELESS_BY_THEN = "加入中。喪失の日には返納が要らなくなっているため返納不要"
REPLACED = "再交付済み。見つかったときは返納してもらう"
TO_REPLACE = "再交付する。次の通知書の作成で新しい管理番号になる"
NEVER_SENT = "返納不要(発行取消。交付していない)"
NOT_NEEDED = "返納不要"
FROM_SURVIVORS = "ご遺族からの返納を待つ"
GIVEN_UP = "返不能。資格を喪失したら回収不能届を作る"
"""次回対応 of documents that nobody has to bring back today."""

EXPIRED = "有効期限を過ぎたため、返納は任意(求めないなら返納要否を否に)"
RETURNED = "完了(返納済)"
UNREADABLE = "に直す(読み取れない間は督促しない)"
REPORTED = "完了(回収不能届を作成済。見つかったら返納)"
REPORT_MADE = "回収不能届を作成済。見つかったら返納"
_WORDS = {
    "pre_notice": "返納の事前案内を出す",
    "request": "返納のお願いを出す",
    "reminder": "督促状を出す",
    "final": "最終通知を出す",
    "loss": "回収不能届を作る",
}

Sent = dict[str, dict[str, list[dt.date]]]
"""管理番号 → step → the days on which it went out."""


@dataclass(frozen=True, slots=True)
class Step:
    """reached: the last step done, or ``closed``; due: the step to take today, or None;
    action: 次回対応 in words, with the day of a step that is to come."""

    reached: str
    due: str | None
    action: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A letter that is due: its kind, its step, the document's row (by 管理番号). cause: of the loss,
    a key of loss_cause or ``two_years`` (任意継続); None where no sheet says it."""

    kind: str
    step: str
    control_no: str
    entry: LedgerEntry
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that has gone out: the document's 管理番号, the step (a key of ``KINDS``)."""

    control_no: str
    step: str


def sent_letters(book: Book) -> Sent:
    """What went out for each 管理番号, from 発行履歴."""
    sent: Sent = defaultdict(lambda: defaultdict(list))
    for row in book.rows("history"):
        step, day = STEPS.get(row.word("letter")), row.date("issued")
        control_no = row.text("control_no")
        if step is None or day is None or not control_no:
            continue
        if step == "request" and PRE_NOTICE in row.text("remarks"):
            step = "pre_notice"
        sent[control_no][step].append(day)
    return sent


def next_step(
    entry: LedgerEntry,
    state: str,
    sent: Sent,
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
) -> Step:
    """The step that a document's row is at, and the one that comes next.

    entry: the row with loss, 返納要否 and limit filled in; state: key of ``return_state``.
    """
    done = _done(entry, sent.get(entry.control_no, {}), settings, closed)
    reached = next(
        (s for s in ("loss", "final", "reminder", "request", "pre_notice") if s in done), "none"
    )
    settled = _settled(entry, state, done, reached)
    if settled:
        return settled
    if state == "not_returnable":
        if entry.lost is None or entry.lost > as_of:
            return Step(reached, None, GIVEN_UP)
        return Step(reached, "loss", _WORDS["loss"])
    if entry.lost is not None and entry.lost > as_of:
        if entry.required != "yes" and not returns.asked_on_loss(
            entry.document, entry.lost, entry.expiry
        ):
            old = entry.document == "old_card"
            return Step(reached, None, USELESS_BY_THEN if old else EXPIRED_BY_THEN)
        return _before_loss(entry.lost, done, reached, settings, as_of, closed)
    waits = _waits(entry, done, as_of)
    if waits:
        return Step(reached, None, waits)
    step, day = _schedule(entry, done, settings, as_of, closed)
    if day <= as_of:
        return Step(reached, step, f"{_WORDS[step]}({era_date.format(day)}から)")
    return Step(reached, None, f"{era_date.format(day)}に{_WORDS[step]}")


def _settled(entry: LedgerEntry, state: str, done: dict[str, dt.date], reached: str) -> Step | None:
    """Nothing more to do, or something that a person must mend first."""
    if state == "returned":
        return Step("closed", None, RETURNED)
    if entry.unclear:  # somebody says something of it: no letter goes out over that
        return Step(reached, None, _to_mend(entry))
    if state == "not_applicable":
        return Step("closed", None, NOT_NEEDED)
    if state == "not_returnable" and "loss" in done:
        return Step("closed", None, REPORTED)
    return None


def _waits(entry: LedgerEntry, done: dict[str, dt.date], as_of: dt.date) -> str:
    """次回対応 of a document for which no letter is due, though it is out; "" for none."""
    if entry.required != "yes":
        return MEMBER
    if "loss" in done:
        return REPORT_MADE
    if entry.expiry is not None and entry.expiry < as_of and entry.document == "certificate":
        # C11: the duty is measured at the loss; once it has run out the return is voluntary.
        return EXPIRED
    if entry.lost is not None and entry.due is None and "request" in done:
        # After a death: asked for once, and no more unless a person sets a limit.
        return FROM_SURVIVORS
    return ""


def _to_mend(entry: LedgerEntry) -> str:
    """「返納日を日付に直す…」, of each column in which something can't be read."""
    columns = schema().sheets["ledger"].columns
    kinds = {"date": "日付", "count": "数字", "text": "別の番号"}
    named: dict[str, list[str]] = {}
    for key in entry.unclear:
        column = columns[key]
        kind = kinds.get(column.type) or "・".join(schema().lists[column.list].values())
        named.setdefault(kind, []).append(column.label)
    return "、".join(f"{'・'.join(labels)}を{kind}" for kind, labels in named.items()) + UNREADABLE


def _done(
    entry: LedgerEntry, sent: dict[str, list[dt.date]], settings: Settings, closed: ClosedDays
) -> dict[str, dt.date]:
    """Step → the day on which it was done, for what the row asks for now.

    A letter from before the day of loss was about something else, a day of loss that turned out
    wrong or a return asked of a member: at most a request in the time of the pre-notice did what
    that does. 督促回数 typed by hand counts as sent: one is the reminder, two the final notice.
    Without 最終督促日 nothing is known but that it was after the limit.
    """
    if not sent and not entry.reminders:
        return {}
    lost = entry.lost or dt.date.min
    since = closed.add_open_days(lost, -settings.pre_notice_days) if entry.lost else lost
    letters = [(step, day) for step, days in sent.items() for day in days]
    done: dict[str, dt.date] = {}
    for step, day in letters:
        early = day < lost or step == "pre_notice"
        what = step if not early else "pre_notice" if step in _ASKING else None
        if what and day >= since:
            done[what] = min(day, done.get(what, day))
    typed = entry.reminders - sum(day < lost and step in COUNTED for step, day in letters)
    _count_typed(entry, typed, lost, done)
    return done


def _count_typed(entry: LedgerEntry, typed: int, lost: dt.date, done: dict[str, dt.date]) -> None:
    """督促回数 beyond the letters that are known: one is the reminder, two the final notice."""
    counted = entry.last_reminder or entry.due or entry.lost
    if counted is not None and counted >= lost and typed >= 1:
        done.setdefault("request", counted)
        done.setdefault("reminder", counted)
        if typed >= 2:
            done.setdefault("final", counted)


def _before_loss(
    lost: dt.date,
    done: dict[str, dt.date],
    reached: str,
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
) -> Step:
    request = f"{era_date.format(lost)}に{_WORDS['request']}"
    first = closed.add_open_days(lost, -settings.pre_notice_days)
    if "pre_notice" in done or first == lost:
        return Step(reached, None, request)
    if first <= as_of:
        return Step("pre_notice", "pre_notice", _WORDS["pre_notice"])
    return Step(reached, None, f"{era_date.format(first)}に{_WORDS['pre_notice']}")


def _schedule(
    entry: LedgerEntry,
    done: dict[str, dt.date],
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
) -> tuple[str, dt.date]:
    """The first step not done and its day: by the limit, but never closer to the step before
    than the settings keep them apart. What a member is to return is asked for at once."""
    limit = entry.due or entry.lost or as_of
    days = {
        "request": 0,
        "reminder": settings.reminder_days,
        "final": settings.final_days,
        "loss": settings.give_up_days,
    }
    steps = list(days)
    for before, step in zip([None, *steps], steps, strict=False):
        if step in done:
            continue
        if before is None:
            return step, entry.lost or as_of
        day = closed.add_open_days(limit, days[step])
        gap = max(days[step] - days[before], 1)
        return step, max(day, closed.add_open_days(done[before], gap))
    raise ValueError("every step is done")


class PlanRow(Protocol):
    """A row of a LedgerPlan, as far as the letters need it."""

    @property
    def entry(self) -> LedgerEntry: ...
    @property
    def state(self) -> str: ...
    @property
    def holder(self) -> Holder: ...
    @property
    def doubt(self) -> str: ...


class StagedLedger(Protocol):
    """A LedgerPlan, which stands above this module."""

    @property
    def entries(self) -> Sequence[PlanRow]: ...


def due_letters(
    plan: StagedLedger, book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> list[Stage]:
    """The letters due on a day, in the ledger's order. ``plan``: a LedgerPlan of that day."""
    sent = sent_letters(book)
    found = []
    for item in plan.entries:
        step = next_step(item.entry, item.state, sent, settings, as_of, closed)
        if step.due and not item.doubt:
            loss = item.holder.loss
            cause = loss.cause if loss else None
            no = item.entry.control_no
            by_itself = step.due == "pre_notice" and cause == TWO_YEARS
            kind = VOLUNTARY_END if by_itself else KINDS[step.due]
            found.append(Stage(kind, step.due, no, item.entry, cause))
    return found


def held_letters(
    plan: StagedLedger, book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> list[tuple[str, LedgerEntry, tuple[str, ...]]]:
    """The letters that would be due but for a doubt: kind, the document's row, the columns of
    返納管理 that a person must settle or mend first."""
    sent = sent_letters(book)
    found = []
    for item in plan.entries:
        columns = tuple(filter(None, (item.doubt, *item.entry.unclear)))
        if not columns or item.state not in ("waiting", "overdue"):
            continue
        readable = dataclasses.replace(item.entry, unclear=())
        step = next_step(readable, item.state, sent, settings, as_of, closed)
        if step.due:
            found.append((KINDS[step.due], item.entry, columns))
    return found
