"""Who gets a 資格確認書, on what ground, and why (R1, R4, R5, R19, R22–R25, R29, R31, R32, R36–R41, R45; C4–C6, C12, C13).

The table, first line that fits (all days and reasons from ``law/certificate.toml``):

===========================================================  ============================
a member on the day?  no                                     not_covered
before R6.12.2                                               none: old cards are still issued
holds a certificate that is good beyond the renewal window,
or as long as the cover                                      none
e-certificate's day and the status contradict each other     confirm
rows of one person contradict each other (contract §6)       confirm
no number to register, and 希望する (R22, R45)                    issue, application K6
no number to register (R25, R45)                             issue, ex officio K6
利用登録済 (e-certificate good, or ended within 3 months)          none; 希望する is refused
不明 or blank                                                   confirm (R40)
old card usable and the bulk issue still to come (R39)       none, unless applied for
K1–K6, acquired by R6.12.1, in the bulk issue's period       issue, bulk
希望する                                                         issue, application
K1–K6                                                        issue, ex officio
登録済だが利用困難, whose certificate ends or has just ended           issue, ex officio G (renewal)
one that was issued is to be replaced (処理 再交付)                      issue, application
紛失・更新中, 登録済だが利用困難                                         apply (R19: never ex officio)
===========================================================  ============================

The reason of an application is 希望理由; blank, it is taken from the status (``certificate_decision.DERIVED_REASON``), and
the sentence says so. 紛失・更新中 doesn't tell A from B: it is taken for A, the form's first.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from shikaku.decisions.certificate_decision import CertificateDecision
from shikaku.decisions.covered_member import CoveredMember
from shikaku.decisions.facts import Disagreement
from shikaku.decisions.holdings import Holding
from shikaku.fields.era_date import format as era
from shikaku.identity import ends
from shikaku.law import age, parameters
from shikaku.model.people import Person
from shikaku.model.settings import Settings


def decide(
    person: Person,
    as_of: dt.date,
    *,
    holdings: Sequence[Holding] = (),
    settings: Settings,
    differences: Sequence[Disagreement] = (),
    cover_end: dt.date | None = None,
    reissue: str | None = None,
    with_insured: bool = False,
) -> CertificateDecision:
    """The decision for one person on one day.

    person: with the day of loss that counts (``enrolled`` brings it in from all sheets). holdings:
    the certificates in hand. settings: 電子証明書の期限後3か月の数え方, 個人番号が未登録の間の扱い, 資格確認書の
    更新の日数, 要配慮者の更新, 資格確認書の有効期限 and the short terms. differences: what rows of this person
    say differently: until a person has settled them, nothing can be decided. cover_end: the first
    day without cover that is known by now. reissue: what was chosen in 返納管理's 処理 for the one in
    hand, whose replacement isn't there yet; that one is none of the holdings. with_insured: it is the
    insured's end that ends a dependant's membership.
    """

    def later(day: dt.date) -> CertificateDecision:
        days = [day for day in (person.lost, cover_end) if day is not None]
        return decide(
            replace(person, lost=min(days, default=None)),
            day,
            holdings=holdings,
            settings=settings,
            cover_end=cover_end,
        )

    return (
        _not_covered(person, as_of, holdings, with_insured)
        or _before_the_start(as_of)
        or CoveredMember(
            person, as_of, holdings, settings, differences, cover_end, later, reissue
        ).decide()
    )


def _no_issue(outcome: str, rules: tuple[str, ...], why: str) -> CertificateDecision:
    return CertificateDecision(outcome, None, None, rules, why)


def _not_covered(
    person: Person, as_of: dt.date, held: Sequence[Holding], with_insured: bool
) -> CertificateDecision | None:
    """法35条, 36条: a member from the day of acquisition, no more on the day of loss; 75: the birthday
    (高齢者の医療の確保に関する法律50条); 任意継続: two years (法38条1号). 変更 and 非該当 take the enrolment for
    granted."""
    lost = person.lost
    if lost is not None and lost <= as_of:
        rules, cause = _cause(person, lost, with_insured)
        how = f"{cause}{era(lost)}に資格を喪失し"
        then = ""
        if any(holding.good_on(lost) for holding in held):  # R32: it comes back
            rules += ("R32",)
            then = "(お持ちの資格確認書は返納が必要です)"
        why = f"{how}{era(as_of)}には加入者でないため、交付の対象外です{then}。"
        return _no_issue("not_covered", rules, why)
    if person.birth is not None and age.leaves(person.birth) <= as_of:
        return _no_issue(
            "not_covered",
            ("高齢者医療確保法50条",),
            f"{era(age.leaves(person.birth))}に75歳になり後期高齢者医療制度へ移るため、"
            "健保組合からの交付の対象外です。",
        )
    if person.acquired is None and person.event not in ("changed", "removed"):
        return _no_issue(
            "confirm",
            ("健保法35条",),
            "資格を取得した日が読み取れず加入しているかどうかを判定できないため、日付の確認が必要です。",
        )
    if person.acquired is not None and as_of < person.acquired:
        return _no_issue(
            "not_covered",
            ("健保法35条",),
            f"資格を取得するのは{era(person.acquired)}で、{era(as_of)}にはまだ加入していないため、"
            "交付の対象外です。",
        )
    return None


def _cause(person: Person, lost: dt.date, with_insured: bool) -> tuple[tuple[str, ...], str]:
    """What ended the membership, where it wasn't the person's own filing: the articles, and the words
    before the day."""
    if lost == ends.two_years(person):
        return ("健保法38条1号",), "任意継続の2年が終わって"
    if with_insured:
        return ("健保法3条", "健保法36条"), "被保険者とともに"
    if lost == ends.birthday_75(person):
        return ("高齢者医療確保法50条",), "75歳になって"
    return ("健保法36条",), ""


def _before_the_start(as_of: dt.date) -> CertificateDecision | None:
    starts = parameters.value("certificate.starts", as_of)
    if starts is not None and starts <= as_of:
        return None
    start = f"{era(starts)}に始まるため" if starts else "まだ始まっていないため"
    return _no_issue(
        "none",
        ("R4",),
        f"資格確認書の交付は{start}、{era(as_of)}には交付しません。",
    )
