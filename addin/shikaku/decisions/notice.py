"""Who gets which 資格情報のお知らせ (R8–R10, R12–R14, R45; C1–C3; days in ``law/notice.toml``).

I (with the last four digits): everybody who was a member on R6.8.30, once for ever. II-1: who
joined after that and by R6.12.1, R6.8.31 included (C1), from R6.12.2 on (C2). II-2: who joined
from R6.12.2 on, unless a certificate was issued at joining (R9 goes before R14, C3).

None for leavers: a notice planned for a day on which its reader is gone would only come back. None
either as long as the insurer has no number to tie the data to (practice; R45): it follows the
registration.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from shikaku.decisions import registration
from shikaku.fields.era_date import format as era
from shikaku.law import age, parameters
from shikaku.model.people import Person


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class NoticeDecision:
    """kind: I | II-1 | II-2 | None; rules; why: one Japanese sentence."""

    kind: str | None
    rules: tuple[str, ...]
    why: str


def decide(
    person: Person,
    as_of: dt.date,
    certificate_at_joining: bool,
    cover_end: dt.date | None = None,
) -> NoticeDecision:
    """The notice for one person on one day.

    certificate_at_joining: a 資格確認書 was, or now is, issued on joining. cover_end: the first day
    without cover that is known. Whether the notice went out before is the history's to say, not
    ours: the kind stays the person's for good. A rule is cited where the outcome hangs on it; that
    there is no notice for somebody who isn't there needs none.
    """
    if person.event in ("changed", "removed"):
        return NoticeDecision(
            None, (), "新たに加入する届ではないため、資格情報のお知らせは作成しません。"
        )
    base = parameters.value("notice.base_day", as_of)
    if base is None:
        return NoticeDecision(None, (), "資格情報のお知らせは、まだ始まっていません。")
    if person.acquired is None:
        return NoticeDecision(
            None, (), "資格を取得した日がわからないため、資格情報のお知らせを判定できません。"
        )
    if as_of < person.acquired:
        return NoticeDecision(
            None,
            (),
            f"{era(person.acquired)}の加入より前のため、資格情報のお知らせはまだ作成しません。",
        )
    kind, rules, ready = _kind(person.acquired, as_of, base)
    lost = _lost(person, cover_end)
    if lost is not None and lost <= max(as_of, ready):
        gone = lost <= as_of  # else it is the day of sending that keeps it from him
        return NoticeDecision(
            None,
            () if gone else ("R12",) if kind == "I" else ("C2",),
            f"{era(lost)}に資格を喪失するため、資格情報のお知らせは作成しません。",
        )
    if kind == "II-2" and certificate_at_joining:
        return NoticeDecision(
            None,
            ("R9", "C3"),
            "資格確認書の交付を受ける人なので、資格情報のお知らせは作成しません。",
        )
    if registration.number_lacking(person):
        return NoticeDecision(
            None,
            ("R45",),
            "個人番号が登録されていないため、資格情報のお知らせは登録が済むまで作成しません。",
        )
    if kind != "I" and as_of < ready:
        return NoticeDecision(
            None,
            ("C2",),
            f"資格情報のお知らせ(下4桁なし)は、{era(ready)}以後に交付します。",
        )
    return _given(kind, rules, person.acquired, as_of, base)


@lru_cache(maxsize=65536)  # many have joined on one day
def _kind(acquired: dt.date, as_of: dt.date, base: dt.date) -> tuple[str, tuple[str, ...], dt.date]:
    """Kind, its rules, and the day on which it goes out at the earliest (I: at the latest)."""
    if acquired <= parameters.value("notice.plain_for_acquired_after", as_of):
        return "I", ("R10",), parameters.value("notice.digits_sent_by", as_of)
    first = parameters.value("notice.plain_first_issue", as_of)
    if acquired < parameters.value("notice.at_joining_from", as_of):
        gap = ("C1",) if acquired == base + dt.timedelta(1) else ("R8",)
        return "II-1", ("R13", *gap), first
    return "II-2", ("R14",), first


def _lost(person: Person, cover_end: dt.date | None) -> dt.date | None:
    by_age = age.leaves(person.birth) if person.birth else None
    days = [day for day in (person.lost, cover_end, by_age) if day is not None]
    return min(days) if days else None


@lru_cache(maxsize=65536)
def _given(
    kind: str, rules: tuple[str, ...], acquired: dt.date, as_of: dt.date, base: dt.date
) -> NoticeDecision:
    return NoticeDecision(kind, rules, _why(kind, acquired, as_of, base))


def _why(kind: str, acquired: dt.date, as_of: dt.date, base: dt.date) -> str:
    if kind == "I":
        entry = parameters.entry("notice.digits_sent_by", as_of)
        assert entry is not None  # the notices have begun
        when = f"{era(entry.value)}まで{'の予定で' if entry.planned else 'に'}1回限り"
        return f"{era(base)}の加入者なので、資格情報のお知らせ(下4桁あり)の対象です(交付は{when})。"
    if kind == "II-1":
        return f"{era(base)}より後、{era(acquired)}に加入したので、資格情報のお知らせ(下4桁なし)を交付します。"
    return f"{era(acquired)}に加入したので、資格情報のお知らせ(下4桁なし)を交付します。"
