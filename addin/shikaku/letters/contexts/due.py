"""From a case to letters: who gets which letter, and what it says."""

from collections.abc import Callable

from shikaku.letters.catalogue import KINDS, PER
from shikaku.letters.contexts import (
    certificates,
    distribution,
    employers,
    notices,
    returns,
    status,
)
from shikaku.letters.contexts.case import Case
from shikaku.letters.model import Letter
from shikaku.system.errors import UsageError

__all__ = ["Case", "letters_for"]

_MAKERS: dict[str, Callable[[Case, str, bool], list[Letter]]] = {
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
}


def letters_for(
    kind: str, case: Case, per: str | None = None, *, again: bool = False
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
