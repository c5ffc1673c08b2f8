"""The steps of getting a document back: pre-notice, request, reminder, final notice, 回収不能届.

Each step has a day, in open days from the return limit (the intervals are settings; domain.md
§6); a step that is late keeps its distance to the next one, so none is skipped and none is sent
twice. What was sent is read from 発行履歴 by 管理番号, and from the 督促回数 that a person typed.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from shikaku.book.tables import Book
from shikaku.fields import era_date
from shikaku.law.closed_days import ClosedDays
from shikaku.records import LedgerEntry
from shikaku.settings import Settings

STAGES = ("none", "pre_notice", "request", "reminder", "final", "loss", "closed")
"""How far a case has come. ``closed``: nothing more to do."""

KINDS = {
    "pre_notice": "return-request",
    "request": "return-request",
    "reminder": "return-reminder",
    "final": "return-final",
    "loss": "return-loss",
}
"""Step → kind of letter."""

PRE_NOTICE = "事前案内"
"""What 発行履歴 says in 備考 for a request that went out before the day of loss."""

_WORDS = {
    "pre_notice": "返納の事前案内",
    "request": "返納のお願い",
    "reminder": "督促状",
    "final": "最終通知",
    "loss": "回収不能届",
}

Sent = dict[str, dict[str, dt.date]]
"""管理番号 → step → the day that it went out."""


@dataclass(frozen=True, slots=True)
class Step:
    """reached: the last step done, or ``closed``; due: the step to take today, or None; on: the
    day of the step that comes next; action: 次回対応 in words."""

    reached: str
    due: str | None
    on: dt.date | None
    action: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A letter that is due: its kind, its step, the document's row (by 管理番号)."""

    kind: str
    step: str
    control_no: str
    entry: LedgerEntry


def sent_letters(book: Book) -> Sent:
    """What went out for each 管理番号, from 発行履歴."""
    sent: Sent = defaultdict(dict)
    steps = {kind: step for step, kind in KINDS.items()}  # return-request → request
    for row in book.rows("history"):
        step, day = steps.get(row.text("letter")), row.date("issued")
        if step is None or day is None:
            continue
        if step == "request" and PRE_NOTICE in row.text("remarks"):
            step = "pre_notice"
        for control_no in row.text("control_no").split():
            known = sent[control_no].get(step)
            sent[control_no][step] = min(known, day) if known else day
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
    done = dict(sent.get(entry.control_no, {}))
    _typed_reminders(entry, done)
    reached = next(
        (s for s in ("loss", "final", "reminder", "request", "pre_notice") if s in done), "none"
    )
    if state == "returned":
        return Step("closed", None, None, "完了(返納済)")
    if state == "not_applicable":
        return Step("closed", None, None, "返納不要")
    if state == "not_returnable":
        if "loss" in done:
            return Step("closed", None, None, "完了(回収不能届を作成済。見つかったら返納)")
        if entry.lost is None or entry.lost > as_of:
            return Step(reached, None, None, "返不能。資格を喪失したら回収不能届を作る")
        return Step(reached, "loss", as_of, "回収不能届を作る")
    if entry.required != "yes":
        return Step(reached, None, None, "加入中。喪失したときに判定")
    if entry.lost is not None and entry.lost > as_of:
        return _before_loss(entry, done, reached, settings, as_of, closed)
    if "loss" in done:
        return Step("loss", None, None, "回収不能届を作成済。見つかったら返納")
    if entry.expiry is not None and entry.expiry < as_of and entry.document == "certificate":
        # C11: the duty is measured at the loss; once it has run out the return is voluntary.
        return Step(reached, None, None, "有効期限を過ぎたため、返納は任意")
    step, day = _schedule(entry, done, settings, closed)
    if day <= as_of:
        return Step(reached, step, day, f"{_WORDS[step]}を出す({era_date.format(day)}から)")
    return Step(reached, None, day, f"{era_date.format(day)}に{_WORDS[step]}を出す")


def _typed_reminders(entry: LedgerEntry, done: dict[str, dt.date]) -> None:
    """督促回数 typed by hand counts as sent: one is the reminder, two the final notice."""
    day = entry.last_reminder
    if day is None:
        return
    if entry.reminders >= 1:
        done.setdefault("request", day)
        done.setdefault("reminder", day)
    if entry.reminders >= 2:
        done.setdefault("final", day)


def _before_loss(entry, done, reached, settings, as_of, closed) -> Step:
    first = entry.lost
    for _ in range(settings.pre_notice_days):
        first -= dt.timedelta(1)
        while not closed.is_open(first):
            first -= dt.timedelta(1)
    if "pre_notice" in done:
        return Step(reached, None, entry.lost, f"{era_date.format(entry.lost)}に返納のお願いを出す")
    if first <= as_of:
        return Step(reached, "pre_notice", first, "返納の事前案内を出す")
    return Step(reached, None, first, f"{era_date.format(first)}に返納の事前案内を出す")


def _schedule(entry, done, settings, closed) -> tuple[str, dt.date]:
    """The first step not done and its day: by the limit, but never closer to the step before
    than the settings keep them apart."""
    limit = entry.due or entry.lost
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
            return step, entry.lost or limit
        day = closed.add_open_days(limit, days[step])
        gap = max(days[step] - days[before], 1)
        return step, max(day, closed.add_open_days(done[before], gap))
    raise ValueError("every step is done")


def due_letters(
    plan, book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> list[Stage]:
    """The letters due on a day, in the ledger's order. ``plan``: a LedgerPlan of that day."""
    sent = sent_letters(book)
    found = []
    for item in plan.entries:
        step = next_step(item.entry, item.state, sent, settings, as_of, closed)
        if step.due:
            found.append(Stage(KINDS[step.due], step.due, item.entry.control_no, item.entry))
    return found
