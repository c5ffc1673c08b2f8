"""What 資格喪失届 and 被扶養者異動届 say of the certificates: attached, or not returnable.

資格喪失届 has counts only, for the whole family. They settle a family's rows when they fit what the
ledger has open; where they leave the choice, a person has to say which one came back.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from shikaku.identity.holders import Loss
from shikaku.model.ledger import given_up
from shikaku.model.schema import schema
from shikaku.returns.case import Case


def settle(cases: Sequence[Case], as_of: dt.date) -> None:
    """Put into the cases what the filings handed in up to ``as_of`` say. What a person typed into
    返納日 and 備考 stays, and is counted."""
    families: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        loss, counted = case.holder.loss, case.holder.counted
        if case.entry.document != "certificate" or case.required != "yes" or loss is None:
            continue
        if loss.by_event and _handed_in(loss, as_of):
            _take(case, loss, loss.proof)
        if counted and _handed_in(counted, as_of):
            families[counted.row].append(case)
    for family in families.values():
        _by_counts(family)


def _handed_in(loss: Loss, as_of: dt.date) -> bool:
    return loss.filed is not None and loss.filed <= as_of


def _by_counts(family: list[Case]) -> None:
    loss = family[0].holder.counted
    attached, missing = loss.attached, loss.missing
    still_out = []
    for case in family:
        returned = case.returned or case.entry.returned
        if returned is not None:
            attached -= returned >= loss.day  # before it: not in the counts
        elif given_up(case.entry.remarks) or _said_gone(case):
            missing -= 1
        else:
            still_out.append(case)
    proof = None
    if attached >= len(still_out) and missing <= 0:
        proof = "attached"
    elif missing >= len(still_out) and attached <= 0:
        proof = "not_returnable"
    for case in still_out:
        if proof:
            _take(case, loss, proof)
        elif attached > 0 or missing > 0:
            case.note = (
                f"〔届出は添付{loss.attached}枚・返不能{loss.missing}枚。"
                "どれかを返納日か備考に記入〕"
            )


def _said_gone(case: Case) -> bool:
    """The person's own 被扶養者異動届 says that it can't come back."""
    return case.holder.loss.proof in ("not_returnable", "destroyed")


def _take(case: Case, loss: Loss, proof: str | None) -> None:
    entry = case.entry
    if entry.returned is not None or "returned" in entry.unclear or given_up(entry.remarks):
        return
    if proof == "attached":
        case.returned = loss.filed
    elif proof in ("not_returnable", "destroyed"):
        word = schema().lists["collected"][proof]
        if entry.remarks:  # a person's words stay as they are
            case.note = f"〔届出は{word}。備考に{word}と書くと、督促を止めて回収不能届を作る〕"
        else:
            case.remarks = f"{word}({schema().sheets[loss.sheet].name} {loss.row}行目)"
