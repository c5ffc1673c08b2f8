"""What 資格喪失届 and 被扶養者異動届 say of the certificates: attached, or not returnable.

資格喪失届 has counts only, for the whole family. They settle a family's rows when they fit what the
ledger has open; where they leave the choice, a person has to say which one came back.
"""

import datetime as dt
from collections.abc import Sequence

from shikaku.identity.losses import Loss
from shikaku.model.ledger import given_up
from shikaku.model.schema import schema
from shikaku.returns.case import LedgerCase


def settle(cases: Sequence[LedgerCase], as_of: dt.date) -> None:
    """Put into the cases what the filings handed in up to ``as_of`` say. What a person typed into
    返納日 and 備考 stays, and is counted."""
    families: dict[int, tuple[Loss, list[LedgerCase]]] = {}
    for case in cases:
        holder = case.holder
        if case.entry.document != "certificate" or case.required == "no" or holder.loss is None:
            continue
        if holder.removal and _handed_in(holder.removal, as_of):
            _take(case, holder.removal, holder.removal.proof)
        if holder.counted and _handed_in(holder.counted, as_of):
            families.setdefault(holder.counted.row, (holder.counted, []))[1].append(case)
    for loss, family in families.values():
        _by_counts(loss, family)


def _handed_in(loss: Loss, as_of: dt.date) -> bool:
    return loss.filed is not None and loss.filed <= as_of


def _by_counts(loss: Loss, family: Sequence[LedgerCase]) -> None:
    """The counts of a 資格喪失届, for the cards that the family's own 異動届 don't speak of.

    The counts may have all cards of the family, or only those that no 異動届 names: each card once,
    wherever it is named. So many of the 異動届's cards are in the counts as these are more than the
    other cards.
    """
    own = [case for case in family if _named_by_removal(case)]
    others = [case for case in family if not _named_by_removal(case)]
    attached, missing = loss.attached, loss.missing
    counted_twice = max(attached + missing - len(others), 0)
    came = sum(_proof(case) == "attached" for case in own)
    attached -= min(came, counted_twice)
    missing -= min(len(own) - came, max(counted_twice - came, 0))
    still_out = []
    for case in others:
        if case.entry.returned is not None:
            attached -= case.entry.returned >= loss.day  # before it: not in the counts
        elif given_up(case.entry.remarks):
            missing -= 1
        else:
            still_out.append(case)
    _take_counted(loss, still_out, attached, missing)


def _take_counted(loss: Loss, still_out: Sequence[LedgerCase], attached: int, missing: int) -> None:
    """attached, missing: what is left of the counts for the cards still out."""
    proof = None
    if attached >= len(still_out) and missing <= 0:
        proof = "attached"
    elif missing >= len(still_out) and attached <= 0:
        proof = "not_returnable"
    for case in still_out:
        if proof:
            _take(case, loss, proof)
        elif attached > 0 or missing > 0:
            case.note += (
                f"〔届出は添付{loss.attached}枚・返不能{loss.missing}枚。"
                "どれかを返納日か備考に記入〕"
            )


def _proof(case: LedgerCase) -> str | None:
    removal = case.holder.removal
    return removal.proof if removal and removal.filed else None


def _named_by_removal(case: LedgerCase) -> bool:
    """The person's own 被扶養者異動届 says where it is."""
    return _proof(case) in ("attached", "not_returnable", "destroyed")


def _take(case: LedgerCase, loss: Loss, proof: str | None) -> None:
    entry = case.entry
    if entry.returned is not None or "returned" in entry.unclear or given_up(entry.remarks):
        return
    if proof == "attached":
        case.returned = loss.filed
    elif proof in ("not_returnable", "destroyed"):
        word = schema().lists["collected"][proof]
        if entry.remarks:  # a person's words stay as they are
            case.note += f"〔届出は{word}。備考に{word}と書くと、督促を止めて回収不能届を作る〕"
        else:
            case.remarks = f"{word}({schema().sheets[loss.sheet].name} {loss.row}行目)"
