"""From a case to letters: who gets which letter, and what it says."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from shikaku.identity.matching import fold_name
from shikaku.letters.catalogue import KINDS, PER
from shikaku.letters.contexts import (
    certificates,
    decided,
    distribution,
    employers,
    notices,
    receipts,
    returns,
    status,
    voluntary,
)
from shikaku.letters.contexts.hand_out import HandOutOrder
from shikaku.letters.contexts.source import DIRECT_GROUP, LetterSource
from shikaku.letters.model import Letter
from shikaku.model.people import Person
from shikaku.system.errors import UsageError

__all__ = ["LetterSource", "DueLetters", "Refused", "due", "letters_for"]

_MAKERS: dict[str, Callable[[LetterSource, str, bool], list[Letter]]] = {
    "notice-digits": notices.notice_digits,
    "notice": notices.notice,
    "certificate": certificates.certificate,
    "certificate-cover": certificates.cover,
    "distribution": distribution.distribution,
    "status-check": status.status_check,
    "application-guide": status.application_guide,
    "mynumber-request": employers.mynumber_request,
    "late-filing": employers.late_filing,
    "return-request": returns.letters("return-request"),
    "return-reminder": returns.letters("return-reminder"),
    "return-final": returns.letters("return-final"),
    "return-loss": returns.loss_report,
    "decision-notice": decided.decision_notice,
    "voluntary-end": voluntary.voluntary_end,
    "receipt-reply": receipts.receipt_reply,
    "not-filed": receipts.not_filed,
}


def letters_for(
    kind: str, case: LetterSource, per: str | None = None, *, again: bool = False
) -> list[Letter]:
    """The letters of a kind that are due, in the order of the workbook's rows.

    per: ``person`` or ``employer``, None for the kind's own way (catalogue.PER). A letter to a
    member is the same either way: only its file differs. An employer's letter lists its people
    per ``employer``, and has one of them per ``person``; 任意継続 are written to directly.
    again: also what 発行履歴 shows as issued. Raises UsageError when 設定 lacks what the kind prints.
    """
    if kind not in KINDS:
        known = "、".join(KINDS)
        raise UsageError(f"文書の種類「{kind}」はありません。", f"使える種類: {known}")
    return _MAKERS[kind](case, per or PER[kind], again)


@dataclass(frozen=True, slots=True)
class Refused:
    """A kind that can't be made: 設定 lacks what it prints. error: what, and what to do."""

    kind: str
    error: UsageError


@dataclass
class DueLetters:
    """The letters of a run. ready: to be made; held: of people for whom something must be typed
    first (``Letter.lacking``); refused: kinds of which none can be made."""

    ready: list[Letter] = field(default_factory=list)
    held: list[Letter] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def due(
    kinds: Sequence[str], case: LetterSource, per: str | None = None, *, again: bool = False
) -> DueLetters:
    """The letters of several kinds, one a person and kind. per, again: as in ``letters_for``.

    Raises UsageError when none of the kinds can be made.
    """
    found = DueLetters()
    letters: list[Letter] = []
    for kind in kinds:
        try:
            letters += letters_for(kind, case, per, again=again)
        except UsageError as error:  # the others go on
            found.refused.append(Refused(kind, error))
    if found.refused and len(found.refused) == len(kinds):
        raise found.refused[-1].error
    if per == "employer":
        letters = _in_order(letters, case)
    for letter in _once(letters, case):
        one = _alone(letter) if per is None else letter
        (found.held if one.lacking else found.ready).append(one)
    return found


def _in_order(letters: list[Letter], case: LetterSource) -> list[Letter]:
    """Each kind's letters as they stand in the employer's file; of several people, by the first."""
    order = HandOutOrder(case)
    kinds = list(dict.fromkeys(letter.kind for letter in letters))

    def place(letter: Letter) -> tuple[object, ...]:
        person = whom(case, letter)
        turn = order.turn(person) if person is not None else ()
        return kinds.index(letter.kind), person is None, turn

    return sorted(letters, key=place)


def whom(case: LetterSource, letter: Letter) -> Person | None:
    """The person, or the first, whom a letter is about; None for a letter about nobody."""
    if not letter.people:
        return None
    ref = letter.people[0]
    if ref.sheet == "ledger":
        return case.holder(case.ledger_rows[ref.row])
    return case.people.get((ref.sheet, ref.row))


def _alone(letter: Letter) -> Letter:
    """A letter that goes straight to somebody's home is a file of its own among the employers'."""
    return replace(letter, group="") if letter.group == DIRECT_GROUP else letter


def _once(letters: Iterable[Letter], case: LetterSource) -> Iterator[Letter]:
    """One letter a person and kind: somebody who joins stands on 資格取得届, and soon on
    加入者台帳 as well. The first row (the ledger's) goes before the others."""
    seen: dict[tuple[object, ...], set[str]] = {}
    for letter in letters:
        ref = letter.people[0] if len(letter.people) == 1 else None
        person = case.people.get((ref.sheet, ref.row)) if ref else None
        if person is not None and not letter.control_nos:
            number = person.number
            known = seen.setdefault(
                (letter.kind, person.symbol, fold_name(person.name), person.birth), set()
            )
            if number in known or (known and (not number or "" in known)):
                continue
            known.add(number)
        yield letter
