"""Must this document come back, and by when: domain.md §1.8 as a decision table.

R6, R7: the old card by the day of loss. R32, R46: the certificate by its validity on the day of
loss (C11: measured at the loss). 健保則51条: five days, the day of loss counted, since it begins
at 0:00. R18: the notice never comes back, so it is no document of the ledger at all.
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.fields import era_date
from shikaku.law import parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import CALLED_BACK, VOID, given_up
from shikaku.model.settings import Settings


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class ReturnDecision:
    """required: yes | no | undecided; rules: R numbers and articles; why: one Japanese sentence."""

    required: str
    rules: tuple[str, ...]
    why: str


def required(
    document: str | None,
    *,
    lost: dt.date | None,
    expiry: dt.date | None,
    as_of: dt.date,
    issued: dt.date | None = None,
    registered: bool = False,
    settings: Settings,
    handling: str | None = None,
    replaced: bool = False,
) -> ReturnDecision:
    """Whether a document must be returned.

    document: ``certificate``, ``old_card``, ``notice``, or None for one that the list doesn't have
    (高齢受給者証 …), which comes back like a certificate; lost: 資格喪失年月日, None while a member;
    issued, expiry: the certificate's first and last day, None when unknown; registered: a member
    whose マイナ保険証 became usable (decided by the setting マイナ保険証登録後の返納). A loss that is still
    to come leaves it undecided until it is there. handling: 処理, replaced: another certificate was
    issued after this one, so that a reissue for a changed 記載 calls it back (健保則48条).
    """
    if handling == VOID:
        return ReturnDecision("no", (), "交付していない(発行取消)ため、返納するものがありません。")
    if document == "notice":
        return ReturnDecision("no", ("R18",), "資格情報のお知らせには、返納の義務がありません。")
    if document == "old_card":
        found = _old_card(lost, as_of)
    elif lost is not None:
        found = _after_loss(lost, expiry)
    else:
        back = _called_back(handling, replaced, expiry, as_of)
        return back or _of_member(issued, expiry, as_of, registered, settings)
    if lost is None or lost <= as_of:
        return found
    when = era_date.format(lost)
    if found.required == "yes":
        return ReturnDecision(
            "undecided", found.rules, f"{when}に資格を喪失する予定で、その日から返納が必要です。"
        )
    if _useless(document, expiry, as_of):
        return found
    return ReturnDecision(
        "undecided", found.rules, f"{when}に資格を喪失する予定で、その日には返納が要りません。"
    )


def asked_on_loss(document: str | None, lost: dt.date, expiry: dt.date | None) -> bool:
    """Whether a document that is still out on the day of loss has to come back then."""
    found = _old_card(lost, lost) if document == "old_card" else _after_loss(lost, expiry)
    return found.required == "yes"


def _useless(document: str | None, expiry: dt.date | None, as_of: dt.date) -> bool:
    """Whether a member's document can't be used any more, so that no loss can call it back."""
    if document == "old_card":
        last: dt.date = parameters.constant("returns.old_card_lost_by")
        return as_of > last
    return expiry is not None and expiry < as_of


def _after_loss(lost: dt.date, expiry: dt.date | None) -> ReturnDecision:
    """A certificate by the day of loss against its last day (R32, C11)."""
    if expiry is None:
        return ReturnDecision(
            "yes",
            ("R32", "R46", *_not_r7(lost)),
            "有効期限の記録がないため、有効期限内とみて返納を求めます。",
        )
    if lost <= expiry:
        return ReturnDecision(
            "yes",
            ("R32", "R46", *_not_r7(lost)),
            f"資格確認書の有効期限{era_date.format(expiry)}までに資格を喪失したため、返納が必要です。",
        )
    return ReturnDecision(
        "no",
        ("R32", "C11"),
        f"資格を喪失した日には有効期限{era_date.format(expiry)}を過ぎていたため、返納は不要です。",
    )


def _called_back(
    handling: str | None, replaced: bool, expiry: dt.date | None, as_of: dt.date
) -> ReturnDecision | None:
    """A member's certificate in whose place a new one was issued, because its 記載 has changed."""
    if not replaced or handling not in CALLED_BACK or (expiry is not None and expiry < as_of):
        return None
    return ReturnDecision(
        "yes",
        ("健保則48条",),
        "記載を改めた資格確認書を交付したため、前の資格確認書の返納が必要です。",
    )


def _not_r7(lost: dt.date) -> tuple[str, ...]:
    """C10: 「返納不要」 from R7.12.2 on is said of the old card, never of a certificate."""
    return ("C10",) if lost > parameters.constant("returns.old_card_lost_by") else ()


def _of_member(
    issued: dt.date | None,
    expiry: dt.date | None,
    as_of: dt.date,
    registered: bool,
    settings: Settings,
) -> ReturnDecision:
    """A member's certificate: run out, or no longer needed and asked back by the setting."""
    if expiry is not None and expiry < as_of:
        return ReturnDecision(
            "no", ("R32",), f"有効期限{era_date.format(expiry)}を過ぎた資格確認書は回収不要です。"
        )
    asked = registered and settings.return_on_registration == "yes"
    if asked and not _short_term(issued, expiry):
        return ReturnDecision(
            "yes",
            ("R32",),
            "マイナ保険証が使えるようになったため、設定により資格確認書の返納を求めます。",
        )
    return ReturnDecision(
        "undecided", ("R32", "R46"), "加入中のため、資格を喪失したときに判定します。"
    )


def _short_term(issued: dt.date | None, expiry: dt.date | None) -> bool:
    """A certificate given for a while only, as during the renewal of a Myna card."""
    if issued is None or expiry is None:
        return False
    longest: int = parameters.constant("returns.short_term_days")
    return (expiry - issued).days + 1 <= longest


def _old_card(lost: dt.date | None, as_of: dt.date) -> ReturnDecision:
    last = parameters.constant("returns.old_card_lost_by")
    if lost is not None and lost <= last:
        return ReturnDecision(
            "yes",
            ("R6",),
            f"被保険者証は、{era_date.format(last)}までに資格を喪失した人は返納が必要です。",
        )
    if lost is not None or as_of > last:
        return ReturnDecision(
            "no",
            ("R7",),
            f"被保険者証は、{era_date.format(last + dt.timedelta(1))}以後の喪失では返納不要で、ご自身で破棄できます。",
        )
    return ReturnDecision(
        "undecided", ("R6", "R7"), "加入中のため、資格を喪失したときに判定します。"
    )


def due(
    lost: dt.date, settings: Settings, closed: ClosedDays, *, by_event: bool = False
) -> dt.date:
    """The day by which the document must be back: with the filing of the loss (contract §2).

    ``by_event``: the loss is a dependant's 非該当 alone, whose filing counts from the day after the
    event (民法140条); a loss of the insured counts from the day of loss itself, for the family, too.
    After a death there is no such day: the document comes with the claim of 埋葬料 (健保則51条5項).
    """
    days = settings.return_days
    if not by_event or settings.count_first_day == "yes":
        days -= 1
    day = lost + dt.timedelta(max(days, 0))
    return closed.next_open(day) if settings.roll == "next_open_day" else day


def state(
    *,
    required: str | None,
    lost: dt.date | None,
    due: dt.date | None,
    returned: dt.date | None,
    remarks: str,
    as_of: dt.date,
) -> str:
    """The ledger's 状況 as a key of the list ``return_state``; the sheet's formula gives the same.

    In this order: 返納日 typed → returned (found again beats 返不能); 返納要否 = 否 →
    not_applicable; 返不能・滅失 in 備考 → not_returnable; no loss yet (and no due day, which a
    return on registration has) → not_yet; up to the due day → waiting; after it → overdue.
    """
    if returned is not None:
        return "returned"
    if required == "no":
        return "not_applicable"
    if given_up(remarks):
        return "not_returnable"
    if (lost is None and due is None) or (lost is not None and lost > as_of):
        return "not_yet"
    return "waiting" if due is None or as_of <= due else "overdue"
