"""Certificates for which another is ordered (処理 再交付 …), and those that never went out (発行取消).

健保則49条: 再交付 for one that is lost or damaged (found later, it comes back at once); 36条・48条: one
whose 記載 has changed is handed in and made anew. The order stands in 返納管理 and is carried out
once: what was issued after the old one has taken its place.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from shikaku.identity.matching import Household, fold_number, household
from shikaku.model.ledger import CALLED_BACK, CERTIFICATE, LedgerEntry
from shikaku.model.people import DEPENDANTS
from shikaku.model.settings import Settings


def with_family(entries: Sequence[LedgerEntry], settings: Settings) -> list[LedgerEntry]:
    """The rows of 返納管理, with the order for an insured's certificate put on the family's, too.

    Only where 設定's 家族の同時再交付 says so, for an order that is still to be carried out, and for what the
    family has in hand without an order of its own. A lost certificate is the insured's affair alone.
    """
    if settings.family_reissue != "yes":
        return list(entries)
    families: dict[Household, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        home = household(entry)
        if home and entry.document == CERTIFICATE:
            families[home].append(entry)
    orders = {
        home: order.handling
        for home, family in families.items()
        if (order := next((e for e in family if _pending_of_insured(e, family)), None))
    }
    return [
        replace(entry, handling=orders[home])
        if (home := household(entry)) in orders and _takes_the_order(entry)
        else entry
        for entry in entries
    ]


def pending(certificates: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Of the certificates that went out to one person those whose replacement is ordered and not there
    yet."""
    return [
        entry
        for entry in certificates
        if entry.to_replace and not any(other.follows(entry) for other in certificates)
    ]


def _pending_of_insured(entry: LedgerEntry, family: Sequence[LedgerEntry]) -> bool:
    if entry.handling not in CALLED_BACK or _is_dependant(entry):
        return False
    later = (e for e in family if not _is_dependant(e) and not e.void)
    return not any(other.follows(entry) for other in later)


def _takes_the_order(entry: LedgerEntry) -> bool:
    untouched = entry.handling is None and "handling" not in entry.unclear
    return (
        untouched
        and entry.document == CERTIFICATE
        and _is_dependant(entry)
        and entry.out
        and entry.lost is None
    )


def _is_dependant(entry: LedgerEntry) -> bool:
    if entry.kind is not None:
        return entry.kind in DEPENDANTS
    return bool(entry.branch) and fold_number(entry.branch) != "0"
