"""KK: マイナ保険証 and the wish for a 資格確認書 — status, wish and reason that don't go together."""

import datetime as dt
from dataclasses import replace

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import Context, is_blank
from shikaku.decisions import e_certificate, old_card, registration
from shikaku.fields import era_date
from shikaku.identity import ends, shared_numbers
from shikaku.identity.matching import Household, fold_name
from shikaku.identity.register import Place
from shikaku.law import parameters
from shikaku.model.people import Person
from shikaku.model.tables import Row

_NOT_REGISTERED = (
    "no_card",
    "not_registered",
    "e_certificate_expired",
    "deregistered",
    "card_returned",
    "number_unregistered",
)
"""The statuses K1 … K6 of R24 and R25: without マイナ保険証, with or without an application."""

_BY_APPLICATION_ONLY = ("lost_or_renewing", "registered_unusable")
"""R19: the insurer never issues these ex officio."""


def members(context: Context) -> list[tuple[Row, Person]]:
    """(row, person) of everybody who is or will be a member on the day, on the three sheets
    with マイナ保険証の状況. 非該当 and whoever has lost are out, at 75 and after 任意継続's two years
    without a filing, too, and the family with the insured."""
    return context.once(_members)


def _members(context: Context) -> list[tuple[Row, Person]]:
    register, as_of = context.register, context.as_of
    found = context.with_people("members", "acquisition", "dependants")
    still = [(row, p) for row, p in found if not register.ended(p, as_of)]
    if not context.once(_over):  # in most workbooks
        return still
    return [(row, p) for row, p in still if not _over_by_itself(context, p)]


def _over_by_itself(context: Context, person: Person) -> bool:
    """Whether this membership, or the insured's whose family it is, has ended without a filing."""
    over = context.once(_over)
    if (person.sheet, person.row) in over:
        return True
    family = context.register.family(person) if person.is_dependant else None
    if family is None:
        return False
    insured = next((one for one in family.insured if one.sheet != "loss"), None)
    return insured is not None and (insured.sheet, insured.row) in over


def _over(context: Context) -> set[Place]:
    """The rows of those whose own membership has ended so."""
    as_of = context.as_of
    return {(p.sheet, p.row) for p in context.people.values() if ends.is_over(p, as_of)}


def _asked(person: Person) -> bool:
    """Whether status and wish are asked for: not by a 変更, which nobody joins by."""
    return person.sheet != "dependants" or person.event == "added"


def _holdings(context: Context) -> set[tuple[Household, str]]:
    """(household, folded name) of the certificates out and good on the day."""
    register = context.register
    found = set()
    for entry in context.ledger:
        home = register.household(entry.symbol, entry.number)
        if entry.document != "certificate" or home is None or entry.to_replace:
            continue
        if entry.out and (entry.expiry is None or entry.expiry >= context.as_of):
            found.add((home, fold_name(entry.name)))
    return found


def _holds(context: Context, person: Person) -> bool:
    register = context.register
    return (register.home(person), register.name(person)) in context.once(_holdings)


def _wish_blank(context: Context, row: Row) -> bool:
    return context.has(row.sheet, "want") and is_blank(row, "want")


def starts() -> dt.date:
    """The first day of the 資格確認書 (R6.12.2)."""
    return parameters.day("certificate.starts")


@check(
    "KK01",
    "warning",
    columns=("myna_status", "want"),
    title="利用登録済なのに希望する",
    message="マイナ保険証が利用登録済の人には、希望しても資格確認書は交付されません。",
    hint="「希望しない」にするか空欄にしてください。使えない事情があるときは、"
    "マイナ保険証の状況で「登録済だが利用困難」を選びます。",
    source="R19・R36、2枚持ちの禁止",
)
def registered_wants(context: Context) -> Hits:
    """利用登録済 and 希望する; not where the wish is granted: no number to register (R22, R45), or an
    e-certificate that has run out (K3; within its three months with that reason)."""
    for row, person in members(context):
        if person.myna_status != "registered" or person.want != "yes":
            continue
        if not _lacking(context, person) and not _e_certificate_over(context, person):
            yield Hit(row.sheet, row.number, "want")


def _lacking(context: Context, person: Person) -> bool:
    """No number to register, another's (MN08) among that, and an insurer who doesn't wait for it."""
    if (person.sheet, person.row) in context.once(_unusable):
        person = replace(person, number_state="wrong")
    return registration.number_lacking(person) and context.settings.number_pending != "wait"


def _unusable(context: Context) -> set[tuple[str, int]]:
    return shared_numbers.unusable(context.people.values())


def _e_certificate_over(context: Context, person: Person) -> bool:
    if person.myna_status not in ("registered", "registered_unusable"):
        return False
    state = e_certificate.state(person, context.as_of, context.settings)
    asked_for = person.want == "yes" and person.want_reason == "C"
    return state in (e_certificate.ENDED, e_certificate.CONTRADICTION) or (
        state == e_certificate.GRACE and asked_for
    )


@check(
    "KK02",
    "warning",
    columns=("myna_status", "want", "acquired"),
    follows=("KK10",),
    title="登録がないのに希望が空欄",
    message="マイナ保険証の状況が「{status}」なのに、資格確認書の希望が空欄です。",
    hint="本人に確かめて、「希望する」か「希望しない」を選んでください。"
    "希望すれば、申請により資格確認書が交付されます。",
    source="R22・R27・R42、C5",
)
def wish_blank(context: Context) -> Hits:
    """K1–K6 and no wish. Nobody who holds a good certificate is asked, and no 変更; those whose old
    card still does are KK13."""
    yield from _undecided(context, old_card_does=False)


@check(
    "KK13",
    "info",
    columns=("myna_status", "want", "acquired", "old_card"),
    follows=("KK10",),
    title="登録がなく、旧被保険者証を使っている人の希望が空欄",
    message="マイナ保険証の状況が「{status}」で、資格確認書の希望が空欄です"
    "(旧被保険者証を使える間は急ぎません)。",
    hint="急ぐときは「希望する」を選び、交付を申請してください。",
    early="マイナ保険証の状況が「{status}」で、資格確認書の希望が空欄です(交付が始まるのはまだ先です)。",
    hint_early="資格確認書の交付は令和6年12月2日からです。それまでは旧被保険者証を使います。",
    source="R5・R23・R39",
)
def wish_blank_enrolled(context: Context) -> Hits:
    """K1–K6 and no wish, while the old card does (acquired by R6.12.1, until R7.12.1)."""
    yield from _undecided(context, old_card_does=True)


def _undecided(context: Context, *, old_card_does: bool) -> Hits:
    early = context.as_of < starts()
    for row, person in members(context):
        if person.myna_status not in _NOT_REGISTERED or not _wish_blank(context, row):
            continue
        if not _asked(person) or _holds(context, person):
            continue
        does = not person.no_old_card and old_card.usable(
            person.acquired, person.lost, context.as_of
        )
        if does is old_card_does and (does or not early):
            values = {"status": row.text("myna_status")}
            yield Hit(row.sheet, row.number, "want", values, variant="early" if early else "")


@check(
    "KK03",
    "warning",
    columns=("myna_status",),
    title="マイナ保険証の状況が分からない",
    message="マイナ保険証の状況が空欄です。",
    hint="マイナポータルの「健康保険証」の画面で、本人に利用登録を確かめてもらってください。",
    source="R27・R40",
    unknown="マイナ保険証の状況が「不明」です。",
)
def status_unknown(context: Context) -> Hits:
    """Blank or 不明; not asked of 変更 and 非該当."""
    for row, person in members(context):
        if person.myna_status not in (None, "unknown"):
            continue
        if not context.has(row.sheet, "myna_status") or not _asked(person):
            continue
        if is_blank(row, "myna_status"):
            yield Hit(row.sheet, row.number, "myna_status")
        elif person.myna_status == "unknown":
            yield Hit(row.sheet, row.number, "myna_status", variant="unknown")


@check(
    "KK06",
    "warning",
    columns=("want", "want_reason"),
    title="希望するのに理由がない",
    message="資格確認書を希望していますが、希望理由が空欄です。",
    hint="申請書の7つの理由から、希望理由を選んでください。",
    source="健保則47条1項(申請の理由)",
)
def no_reason(context: Context) -> Hits:
    """希望する without 希望理由, which the application must give; with 利用登録済 it is refused anyway
    (KK01)."""
    for row, person in members(context):
        if person.want != "yes" or person.myna_status == "registered":
            continue
        if context.has(row.sheet, "want_reason") and is_blank(row, "want_reason"):
            yield Hit(row.sheet, row.number, "want_reason")


@check(
    "KK08",
    "warning",
    columns=("myna_status", "want"),
    title="申請が要る状況なのに希望が空欄",
    message="この状況では、本人の申請がなければ資格確認書は交付されませんが、希望が空欄です。",
    hint="本人に確かめて、必要なら「希望する」と希望理由を選んでください。",
    source="R19、健保則47条1項",
)
def application_only(context: Context) -> Hits:
    """紛失・更新中 or 登録済だが利用困難, and no wish: never issued ex officio, but for the renewal of
    登録済だが利用困難 and on another ground. Not before the first certificates were."""
    for row, person in members(context) if context.as_of >= starts() else ():
        if person.myna_status not in _BY_APPLICATION_ONLY or not _wish_blank(context, row):
            continue
        if _renewed_without_application(context, person) or _ex_officio(context, person):
            continue
        if not _holds(context, person):
            yield Hit(row.sheet, row.number, "want")


@check(
    "KK09",
    "info",
    columns=("myna_status", "status_checked"),
    title="状況を確認した日がない",
    message="マイナ保険証の状況がありますが、状況確認日が空欄です。",
    hint="いつ本人に確かめた状況かが分かるように、状況確認日を入力してください。",
    source="R27",
)
def not_dated(context: Context) -> Hits:
    """A status without the day on which it was found out."""
    for row, person in members(context):
        known = person.myna_status not in (None, "unknown")
        if (
            person.status_checked is None
            and known
            and context.has(row.sheet, "status_checked")
            and is_blank(row, "status_checked")
        ):
            yield Hit(row.sheet, row.number, "status_checked")


def _ex_officio(context: Context, person: Person) -> bool:
    """Whether something else is a ground without application: no number (K6), or an e-certificate
    that has run out (K3)."""
    missing = registration.joins(person) and _lacking(context, person)
    return missing or _e_certificate_over(context, person)


def _renewed_without_application(context: Context, person: Person) -> bool:
    """Whether 登録済だが利用困難 gets a new certificate without asking, the old one having just ended."""
    if person.myna_status != "registered_unusable":
        return False
    if context.settings.care_renewal != "without_application":
        return False
    register = context.register
    return (register.home(person), register.name(person)) in context.once(_just_ended)


def _just_ended(context: Context) -> set[tuple[Household, str]]:
    """(household, folded name) of the certificates that ended within ``care_renewal_days``."""
    register = context.register
    days = parameters.count("certificate.care_renewal_days")
    found = set()
    for entry in context.ledger:
        home = register.household(entry.symbol, entry.number)
        if entry.document != "certificate" or home is None or entry.expiry is None:
            continue
        if 0 < (context.as_of - entry.expiry).days <= days:
            found.add((home, fold_name(entry.name)))
    return found


_REASONS = {
    "no_card": "ABDEFG",
    "not_registered": "BDG",
    "e_certificate_expired": "BCG",
    "deregistered": "DFG",
    "card_returned": "DEFG",
    "lost_or_renewing": "AB",
    "registered_unusable": "G",
}
"""Status → the reasons of the application that it doesn't rule out (domain.md §3.5). Who has no
card has not registered it either, and may need somebody's help in any case."""


@check(
    "KK11",
    "warning",
    columns=("myna_status", "want", "want_reason"),
    title="希望理由が状況と合わない",
    message="希望理由が、マイナ保険証の状況と合っていません。",
    hint="本人に確かめて、状況か希望理由を選び直してください。",
    source="健保則47条1項、(再)交付申請書の7つの理由",
    no_wish="希望していないのに、希望理由が入っています。",
    hint_no_wish="希望するなら「希望する」を選び、しないなら希望理由を空欄にしてください。",
)
def wrong_reason(context: Context) -> Hits:
    """A reason that the status rules out, or a reason without 希望する."""
    for row, person in members(context):
        if person.want_reason is None:
            continue
        if person.want == "yes":
            if person.want_reason not in _REASONS.get(person.myna_status or "", "ABCDEFG"):
                yield Hit(row.sheet, row.number, "want_reason")
        elif person.want == "no" or _wish_blank(context, row):
            yield Hit(row.sheet, row.number, "want_reason", variant="no_wish")


@check(
    "KK12",
    "warning",
    columns=("acquired", "old_card"),
    title="旧被保険者証が交付されるはずのない人",
    message="旧被保険者証が「あり」ですが、資格取得年月日({day})は令和6年12月2日以後です。",
    hint="令和6年12月2日以後は被保険者証は交付されていません。資格取得年月日か旧被保険者証を直してください。",
    source="R3",
)
def impossible_old_card(context: Context) -> Hits:
    """旧被保険者証 あり, acquired on R6.12.2 or later."""
    for row, person in context.with_people("members"):
        if person.old_card and person.acquired and person.acquired >= starts():
            values = {"day": era_date.both(person.acquired)}
            yield Hit(row.sheet, row.number, "old_card", values)


@check(
    "KK17",
    "warning",
    columns=("myna_status", "status_checked", "acquired", "event_date"),
    title="状況の確認が古い",
    message="状況確認日({day})から1年以上たっています。",
    hint="マイナ保険証の状況は変わります。本人にもう一度確かめて、状況と状況確認日を入力し直してください。",
    source="R27、R37",
    follows=("DT04", "DT05", "KK10"),
    before="状況確認日({day})が、加入の日({joined})の{limit}日より前です。",
)
def checked_long_ago(context: Context) -> Hits:
    """A status found out more than 90 days before the joining, or more than a year ago."""
    before = parameters.count("certificate.status_before_joining_days")
    oldest = parameters.count("certificate.status_age_days")
    for row, person in members(context):
        day, joined = person.status_checked, person.acquired
        if day is None or person.myna_status in (None, "unknown") or not _asked(person):
            continue
        long_ago = (context.as_of - day).days > oldest
        early = joined is not None and joined <= context.as_of and (joined - day).days > before
        if not (long_ago or early):
            continue
        values = {"day": era_date.both(day), "limit": before}
        if long_ago:
            yield Hit(row.sheet, row.number, "status_checked", values)
        elif joined is not None:
            values["joined"] = era_date.both(joined)
            yield Hit(row.sheet, row.number, "status_checked", values, variant="before")
