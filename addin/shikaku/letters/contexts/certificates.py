"""資格確認書, its cover, and the list by which an employer hands things out (R19–R35, R46)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shikaku.identity.matching import differing, person_key
from shikaku.law import validity
from shikaku.letters.contexts import base
from shikaku.letters.contexts.notices import card_fields, person_fields
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.returns.issued import certificate_row
from shikaku.system.errors import UsageError

if TYPE_CHECKING:
    from shikaku.decisions.burden import Burden
    from shikaku.decisions.everybody import Decision

RECENT = dt.timedelta(31)
"""How long after its issue a thing may still want its cover or its line on the list."""

_NAME_EM, _KANA_EM, _INSURED_NAME_EM = 11.5, 26.0, 20.0


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate to be printed or sent: whose, with its days. control_no: its row's in 返納管理,
    "" when it is new; lacking: labels of what that row must say before it can be printed again."""

    person: Person
    burden: "Burden | None"
    issued: dt.date
    expiry: dt.date | None
    control_no: str = ""
    lacking: tuple[str, ...] = ()


def certificate(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """資格確認書 itself, front and back: R33, R34. ``again`` prints those in hand once more, with
    the days that they have."""
    cards = new_cards(case, again)
    if again:
        cards += _in_hand(case, {person_key(card.person) for card in cards})
        _require_issuer(case)
    found = []
    for card in cards:
        letter = base.member_letter(
            case, "certificate", "資格確認書", card.person, _certificate(case, card)
        )
        found.append(
            replace(
                letter,
                control_nos=(card.control_no,) if card.control_no else (),
                lacking=letter.lacking + card.lacking,
            )
        )
    return found


def _require_issuer(case: LetterSource) -> None:
    """UsageError unless 設定 has the number and the seat of the insurer (R33)."""
    for key in ("insurer_number", "insurer_address"):
        base.require(case, key, "資格確認書の表面に載せる項目です。入力してください。")


def _certificate(case: LetterSource, card: Card) -> dict[str, Any]:
    person, burden = card.person, card.burden
    shares = schema().lists["burden_share"]
    face = card_fields(case, person, burden, _KANA_EM)
    return {
        **base.sender(case),
        **person_fields(person, _NAME_EM),
        **{key: face[key] for key in ("kana", "kana_long", "sex", "birth", "acquired")},
        "member_kind": face["member_kind"],
        **base.long("insured_name", case.insured_name(person), _INSURED_NAME_EM),
        "burden_share": shares[burden.share] if burden else "",
        "burden_effective": base.day(burden.effective) if burden else "",
        "issued": base.day(card.issued),
        "expiry": base.day(card.expiry),
        "direct": person.direct,
        **_code(case, card),
    }


def _code(case: LetterSource, card: Card) -> dict[str, Any]:
    """The 管理番号 for the QR code: a new card's is the one that 返納管理 will give it."""
    if case.settings.barcode != "qr" or case.plan is None:
        return {"barcode": False, "control_no": ""}
    row = certificate_row(card.person, card.issued, card.expiry)
    return {"barcode": True, "control_no": card.control_no or case.plan.reserve(row)}


def cover(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """お渡し状: one with each certificate, also with one that was issued without it shortly ago."""
    cards = [c for c in new_cards(case, again) if again or not _covered(case, c.person)]
    known = {person_key(card.person) for card in cards}
    for card in _in_hand(case, known):
        last = case.history.last("certificate-cover", card.person)
        sent = last is not None and last >= card.issued
        if again or (not sent and case.as_of - card.issued <= RECENT):
            cards.append(card)
    return [
        base.member_letter(
            case,
            "certificate-cover",
            "資格確認書のお届けについて",
            card.person,
            {
                **base.heading(case, "SK", base.reference(case, card.person)),
                **base.to_member(case, card.person),
                **person_fields(card.person),
                "issued": base.day(card.issued),
                "expiry": base.day(card.expiry),
                "direct": card.person.direct,
                "return_on_registration": case.settings.return_on_registration == "yes",
            },
        )
        for card in cards
    ]


def _covered(case: LetterSource, person: Person) -> bool:
    """A cover went out shortly ago, before its certificate: it is that certificate's. One of the day
    of an earlier certificate, or before it, is that one's."""
    last = case.history.last("certificate-cover", person)
    card = case.history.last("certificate", person)
    if last is None or card is not None and last <= card:
        return False
    return case.as_of - last <= RECENT


def new_cards(case: LetterSource, again: bool) -> list[Card]:
    """The certificates to be issued today: decided, and not on their way yet."""
    due = [
        d
        for d in case.decisions
        if d.certificate.outcome == "issue" and (again or not _issued(case, d.person))
    ]
    if due:
        expiry(case)
        _require_issuer(case)
    return [Card(d.person, d.burden, case.as_of, d.certificate.expiry) for d in due]


def _issued(case: LetterSource, person: Person) -> bool:
    """Issued before, unless the return ledger has that certificate: then the decision has seen it
    and says all the same that a new one is needed (lost, run out, an earlier enrolment)."""
    day = case.history.last("certificate", person)
    if day is None:
        return False
    return not case.has_certificate_of(person, day)


def _in_hand(case: LetterSource, without: set[tuple[str, str, str]]) -> list[Card]:
    """The certificates of 返納管理 that we issued (発行履歴) and that are still with the people."""
    found = []
    seen = set(without)
    asked: set[tuple[object, ...]] = set()
    for decision in case.decisions:
        person = decision.person
        if decision.certificate.outcome == "not_covered" or person_key(person) in seen:
            continue
        who = *person_key(person), person.branch, person.is_dependant
        if who in asked:  # of another enrolment, with the same letters and rows
            continue
        asked.add(who)
        days = set(case.history.days("certificate", person))
        for entry in case.ledger_of(person):
            if entry.document != "certificate" or entry.issued not in days:
                continue
            if entry.out and not entry.to_replace:
                seen.add(person_key(person))
                found.append(_reprint(case, decision, entry))
    return found


def _reprint(case: LetterSource, decision: "Decision", entry: LedgerEntry) -> Card:
    """A row of 返納管理 as a card. Without a 管理番号 it would be recorded as a new certificate; where
    what is printed has changed since, 処理 must say so first, and a new one is made."""
    number = case.control_no(entry)
    label = schema().sheets["ledger"].label
    printed = {"expiry": entry.expiry, "control_no": number}
    lacking = tuple(label(key) for key, value in printed.items() if not value)
    if differing(entry, decision.person):  # another card than the one in hand: a reissue
        lacking += (label("handling"),)
    issued = entry.issued or case.as_of
    return Card(decision.person, decision.burden, issued, entry.expiry, number, lacking)


def expiry(case: LetterSource) -> dt.date:
    """有効期限 of the certificates issued now: a day in the future, five years at most (R31).

    Raises UsageError for a blank or an impossible one.
    """
    day, today = case.settings.certificate_expiry, case.as_of
    label = schema().settings["certificate_expiry"].label
    place = f"シート「{schema().sheets['settings'].name}」の「{label}」"
    if day is None:
        raise UsageError(f"{place}が空です。", "交付する資格確認書の有効期限を入力してください。")
    if not today < day <= validity.last_day(today):
        raise UsageError(
            f"{place}({base.day(day)})は、交付日({base.day(today)})の翌日から5年以内ではありません。",
            "交付日から5年以内の日付に直してください。",
        )
    return day
