"""What is decided about a 資格確認書, and the words that statuses and reasons share."""

import datetime as dt
from dataclasses import dataclass

EX_OFFICIO = {
    "no_card": "K1",
    "not_registered": "K2",
    "e_certificate_expired": "K3",
    "deregistered": "K4",
    "card_returned": "K5",
    "number_unregistered": "K6",
}
"""Status → ground of the issue without application (R24; K6: R25, C4)."""

DERIVED_REASON = {
    "no_card": "E",
    "not_registered": "D",
    "e_certificate_expired": "C",
    "deregistered": "D",
    "card_returned": "F",
    "lost_or_renewing": "A",
    "registered_unusable": "G",
    "number_unregistered": "D",
}
"""Status → reason of the application, where 希望理由 is blank (domain.md §3.5)."""


OWN_AFFAIR = ("lost_or_renewing", "registered_unusable")
"""Statuses of a member's own circumstances: by application only (R19, R29)."""


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class CertificateDecision:
    """outcome: issue | apply | confirm | none | not_covered; ground: application | ex_officio |
    bulk | None; reason: K1…K6 | A…G | None; rules: R and C numbers and articles on which the outcome
    hangs; why: one Japanese sentence; expiry: 有効期限 of what is issued, None when 設定 says none."""

    outcome: str
    ground: str | None
    reason: str | None
    rules: tuple[str, ...]
    why: str
    expiry: dt.date | None = None
