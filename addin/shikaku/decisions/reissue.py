"""Certificates for which another is ordered (処理 再交付 …), and those that never went out (発行取消).

健保則49条: 再交付 for one that is lost or damaged (found later, it comes back at once); 36条・48条: one
whose 記載 has changed is handed in and made anew. The order stands in 返納管理 and is carried out
once: what was issued after the old one has taken its place.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from shikaku.identity import ledger_rows
from shikaku.identity.holders import Losses, near_losses
from shikaku.identity.matching import Household, fold_number, household, person_key
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import CALLED_BACK, CERTIFICATE, LedgerEntry, latest, ledger
from shikaku.model.people import DEPENDANTS
from shikaku.model.settings import Settings
from shikaku.model.tables import Book


def in_ledger(
    book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> list[LedgerEntry]:
    """The rows of 返納管理 with the orders that they will have once the ledger is brought up to date."""
    return with_family(ledger(book), settings, lambda: near_losses(book, settings, as_of, closed))


def with_family(
    entries: Sequence[LedgerEntry], settings: Settings, losses: Callable[[], Losses]
) -> list[LedgerEntry]:
    """The rows of 返納管理, with the order for an insured's certificate put on the family's, too.

    Only where 設定's 家族の同時再交付 says so, for an order that is still to be carried out, and for what the
    family has in hand without an order of its own. A lost certificate is the insured's affair alone.
    What a row leaves blank is what the sheets say of its holder. losses: asked only where there is an
    order.
    """
    if settings.family_reissue != "yes" or not any(e.handling in CALLED_BACK for e in entries):
        return list(entries)
    holders = losses()
    seen = [_as_known(entry, holders) for entry in entries]
    families = _families(seen)
    orders = {
        home: order for home, family in families.items() if (order := _pending_of_insured(family))
    }
    carried_out = {home: _carried_out(families[home], order) for home, order in orders.items()}
    return [
        replace(entry, handling=orders[home].handling)
        if (home := household(known)) in orders and _takes_the_order(known, carried_out[home])
        else entry
        for entry, known in zip(entries, seen, strict=True)
    ]


def _families(entries: Iterable[LedgerEntry]) -> dict[Household, list[LedgerEntry]]:
    """The certificates of each household."""
    families: dict[Household, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        home = household(entry)
        if home and entry.document == CERTIFICATE:
            families[home].append(entry)
    return families


def _as_known(entry: LedgerEntry, losses: Losses) -> LedgerEntry:
    holder = losses.holder(entry)
    return replace(ledger_rows.completed(entry, holder), lost=ledger_rows.lost(entry, holder))


def pending(certificates: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Of the certificates that went out to one person those whose replacement is ordered and not there
    yet."""
    last = latest(certificates)
    return [
        entry
        for entry in certificates
        if entry.to_replace and last is not None and not last.follows(entry)
    ]


def _pending_of_insured(family: Sequence[LedgerEntry]) -> LedgerEntry | None:
    """The first of the insured's certificates that is ordered anew and that no other has followed."""
    own = [e for e in family if not _is_dependant(e)]
    last = latest(e for e in own if not e.void)
    ordered = (e for e in own if e.handling in CALLED_BACK)
    return next((e for e in ordered if last is None or not last.follows(e)), None)


_Key = tuple[str, object]


def _carried_out(family: Iterable[LedgerEntry], order: LedgerEntry) -> dict[_Key, LedgerEntry]:
    """The first certificate of each of the family that has an order as new as the insured's: what came
    after it was made for that order, though the insured's own is still to be carried out."""
    first: dict[_Key, LedgerEntry] = {}
    for entry in family:
        if entry.handling not in CALLED_BACK or _day(entry) < _day(order):
            continue
        for key in _keys(entry):
            if key not in first or first[key].follows(entry):
                first[key] = entry
    return first


def _keys(entry: LedgerEntry) -> list[_Key]:
    """One of these is the same on two certificates of one dependant: the written 枝番 or the name."""
    found: list[_Key] = [("person", person_key(entry))]
    return found + ([("branch", fold_number(entry.branch))] if entry.branch else [])


def _day(entry: LedgerEntry) -> dt.date:
    return entry.issued or dt.date.min


def _takes_the_order(entry: LedgerEntry, carried_out: Mapping[_Key, LedgerEntry]) -> bool:
    """carried_out: see there, of the family."""
    untouched = entry.handling is None and "handling" not in entry.unclear
    if not (untouched and entry.document == CERTIFICATE and _is_dependant(entry)):
        return False
    if not entry.out or entry.lost is not None:
        return False
    before = (carried_out.get(key) for key in _keys(entry))
    return not any(other and entry.follows(other) for other in before)


def _is_dependant(entry: LedgerEntry) -> bool:
    if entry.kind is not None:
        return entry.kind in DEPENDANTS
    return bool(entry.branch) and fold_number(entry.branch) != "0"
