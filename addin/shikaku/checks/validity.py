"""KK04, KK05, KK07, KK10: until when a 資格確認書 or an e-certificate is good."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.certificates import members, starts
from shikaku.checks.context import Context
from shikaku.decisions import e_certificate
from shikaku.fields import era_date
from shikaku.identity import ends
from shikaku.identity.matching import Household, fold_name
from shikaku.law import parameters
from shikaku.law.validity import last_day
from shikaku.model.ledger import LedgerEntry

_USES_CARD = ("registered", "registered_unusable")


def _near(day: dt.date, context: Context) -> str | None:
    """``ahead`` from the day itself back to 90 days before, ``over`` up to 90 days after it."""
    left, window = (day - context.as_of).days, context.once(_window)
    if 0 <= left <= window:
        return "ahead"
    return "over" if -window <= left < 0 else None


def _window(_: Context) -> int:
    return parameters.count("certificate.expiry_notice_days")


@check(
    "KK04",
    "warning",
    columns=("e_certificate_expiry", "expiry", "myna_status"),
    follows=(
        "KK05",
        "KK07",
        "DT04",
        "DT05",
    ),
    title="資格確認書・電子証明書の期限が近い",
    message="電子証明書の有効期限({day})まであと{days}日です。",
    hint="市区町村の窓口での電子証明書の更新を、本人に案内してください(手数料はかかりません)。",
    source="R37、R31",
    over="電子証明書の有効期限({day})を{days}日過ぎています。{until}まではマイナ保険証を使えます。",
    certificate="資格確認書の有効期限({day})まであと{days}日です。",
    hint_certificate="マイナ保険証を使えるかを本人に確かめ、使えなければ新しい資格確認書を手配してください。",
    certificate_over="資格確認書の有効期限({day})を{days}日過ぎています。",
    hint_certificate_over="マイナ保険証を使えるかを本人に確かめ、"
    "使えなければ新しい資格確認書を手配してください。期限切れのものは本人が破棄できます。",
    with_cover="資格確認書の有効期限({day})まであと{days}日です。{lost}に資格を失うので、更新はしません。",
    hint_with_cover="新しい資格確認書は要りません。有効期限までに資格を失うときは、返納してもらってください。",
)
def runs_out(context: Context) -> Hits:
    """90 days before the last good day and 90 days after it; a renewed certificate is left out, and
    so is an e-certificate that is known to have run out (K3) or to have no use any more (KK10)."""
    for row, person in members(context):
        day = person.e_certificate_expiry
        near = _near(day, context) if day else None
        if day is None or near is None:
            continue
        if person.myna_status not in (None, "unknown", *_USES_CARD):
            continue
        until = e_certificate.usable_until(day, context.settings, context.as_of)
        if context.as_of > until:
            continue
        values = {
            "day": era_date.both(day),
            "days": abs((day - context.as_of).days),
            "until": era_date.both(until),
        }
        variant = "over" if near == "over" else ""
        yield Hit(row.sheet, row.number, "e_certificate_expiry", values, variant=variant)
    yield from _certificates_run_out(context)


def _certificates_run_out(context: Context) -> Hits:
    held = _held(context)
    gone = _gone(context) if held else set()
    for key, entries in held.items():
        newest = max(entry.expiry or dt.date.max for entry in entries)
        for entry in entries:
            day = entry.expiry
            near = _near(day, context) if day else None
            if day is None or near is None or key in gone or day < newest:
                continue
            values = {"day": era_date.both(day), "days": abs((day - context.as_of).days)}
            variant = "certificate_over" if near == "over" else "certificate"
            lost = context.once(_ends).get(key)
            if near == "ahead" and lost and lost <= day + dt.timedelta(1):
                variant, values["lost"] = "with_cover", era_date.both(lost)
            yield Hit("ledger", entry.row, "expiry", values, variant=variant)


def _ends(context: Context) -> dict[tuple[Household, str], dt.date]:
    """(household, folded name) → the first end of cover to come, of those who stand as members."""
    register = context.register
    found: dict[tuple[Household, str], dt.date] = {}
    for person in context.people.values():
        home, end = register.home(person), ends.by_itself(person)
        for day in (person.lost, end and end[0]):
            if home and day and day > context.as_of:
                key = home, register.name(person)
                found[key] = min(day, found.get(key, day))
    return found


def _held(context: Context) -> dict[tuple[Household, str], list[LedgerEntry]]:
    """(household, folded name) → the certificates in hand of those who haven't lost by the day."""
    register = context.register
    held: dict[tuple[Household, str], list[LedgerEntry]] = defaultdict(list)
    for entry in context.ledger:
        home = register.household(entry.symbol, entry.number)
        over = entry.lost is not None and entry.lost <= context.as_of
        if home is None or entry.document != "certificate" or over:
            continue
        if entry.out and not entry.to_replace:
            held[home, fold_name(entry.name)].append(entry)
    return held


def _gone(context: Context) -> set[tuple[Household, str]]:
    """(household, folded name) of those who have lost by the day and stand nowhere as members."""
    register = context.register
    over, here = set(), set()
    for person in context.people.values():
        home = register.home(person)
        if home is None:
            continue
        key = home, register.name(person)
        if person.lost and person.lost <= context.as_of:
            over.add(key)
        elif not register.ended(person, context.as_of):
            here.add(key)
    return over - here


def _dated(context: Context) -> Iterator[tuple[LedgerEntry, dt.date, dt.date]]:
    """(certificate, 交付年月日, 有効期限) of 返納管理, where both days are known."""
    for entry in context.ledger:
        if entry.document == "certificate" and entry.issued and entry.expiry and not entry.void:
            yield entry, entry.issued, entry.expiry


@check(
    "KK05",
    "error",
    columns=("issued", "expiry", "certificate_expiry"),
    follows=(
        "DT05",
        "DT04",
    ),
    title="有効期限が交付から5年を超える",
    message="有効期限({expiry})が、交付年月日から5年の{last}を過ぎています。",
    hint="交付年月日と有効期限を確かめてください。有効期限は交付日から5年以内です。",
    source="R31、健保則47条4項",
    setting="設定の有効期限({expiry})が、基準日から5年の{last}を過ぎています。",
    hint_setting="交付する日から5年以内の日にしてください。",
)
def too_long(context: Context) -> Hits:
    """Later than the day five years after the issue; that day itself is right. The setting is
    measured from the day of the check, since that is when it would be issued."""
    for entry, issued, expiry in _dated(context):
        if expiry > last_day(issued):
            values = {"expiry": era_date.both(expiry), "last": era_date.both(last_day(issued))}
            yield Hit("ledger", entry.row, "expiry", values)
    wanted = context.settings.certificate_expiry
    if wanted and context.as_of >= starts() and wanted > last_day(context.as_of):
        values = {"expiry": era_date.both(wanted), "last": era_date.both(last_day(context.as_of))}
        yield _setting(context, values, "setting")


def _setting(context: Context, values: Mapping[str, object], variant: str = "") -> Hit:
    return Hit(
        "settings",
        context.book.setting_rows.get("certificate_expiry", 0),
        "certificate_expiry",
        values,
        variant=variant,
    )


@check(
    "KK07",
    "error",
    columns=("issued", "expiry"),
    follows=("DT05",),
    title="有効期限が交付より後でない",
    message="有効期限({expiry})が、交付年月日({issued})より後になっていません。",
    hint="交付年月日と有効期限を確かめてください。",
    source="R31",
)
def too_short(context: Context) -> Hits:
    """Validity must end after the day of issue (R31: 交付日 < 有効期限)."""
    for entry, issued, expiry in _dated(context):
        if expiry <= issued:
            values = {"expiry": era_date.both(expiry), "issued": era_date.both(issued)}
            yield Hit("ledger", entry.row, "expiry", values)


@check(
    "KK14",
    "warning",
    columns=("certificate_expiry",),
    title="設定の有効期限が過ぎている",
    message="設定の有効期限({expiry})が、基準日({day})より後になっていません。",
    hint="これから交付する資格確認書の有効期限を入力してください。",
    source="R31",
)
def setting_past(context: Context) -> Hits:
    """A certificate issued today would have run out; a warning, as nothing is issued yet."""
    expiry = context.settings.certificate_expiry
    if expiry and expiry <= context.as_of:
        yield _setting(
            context, {"expiry": era_date.both(expiry), "day": era_date.both(context.as_of)}
        )


@check(
    "KK10",
    "warning",
    columns=("myna_status", "e_certificate_expiry", "status_checked"),
    title="状況と電子証明書有効期限の食い違い",
    message="マイナ保険証の状況は登録済ですが、電子証明書の有効期限({day})の後の、使える期間({until}まで)が過ぎています。",
    hint="本人に確かめて、更新していれば電子証明書有効期限を、"
    "していなければ状況を「電子証明書期限切れ」に直してください。",
    source="R24・R37(電子証明書の期限後3か月)",
    early="状況は「電子証明書期限切れ」ですが、電子証明書有効期限({day})はまだ過ぎていません。",
)
def contradiction(context: Context) -> Hits:
    """利用登録済 after the three months of grace, or 電子証明書期限切れ before the end."""
    for row, person in members(context):
        day = person.e_certificate_expiry
        if day is None:
            continue
        values = {"day": era_date.both(day)}
        if person.myna_status in _USES_CARD and day < context.as_of:
            until = e_certificate.usable_until(day, context.settings, context.as_of)
            if context.as_of > until:
                values["until"] = era_date.both(until)
                yield Hit(row.sheet, row.number, "e_certificate_expiry", values)
        elif person.myna_status == "e_certificate_expired" and context.as_of <= day:
            yield Hit(row.sheet, row.number, "myna_status", values, variant="early")


@check(
    "KK15",
    "error",
    columns=("issued", "lost"),
    title="資格を失った日以後の交付",
    message="交付年月日({issued})が、資格喪失年月日({lost})以後になっています。",
    hint="交付年月日と資格喪失年月日を確かめてください。資格を失った人に資格確認書は交付できません。",
    source="健保法51条の3、健保則47条",
    follows=("DT05",),
)
def issued_after_loss(context: Context) -> Hits:
    """A certificate of 返納管理 issued on the day of the loss or later."""
    for entry in context.ledger:
        if entry.document != "certificate" or entry.issued is None or entry.lost is None:
            continue
        if entry.void:
            continue
        if entry.issued >= entry.lost:
            values = {
                "issued": era_date.both(entry.issued),
                "lost": era_date.both(entry.lost),
            }
            yield Hit("ledger", entry.row, "issued", values)


@check(
    "KK16",
    "error",
    columns=("issued", "document"),
    title="資格確認書が始まる前の交付",
    message="資格確認書の交付年月日({issued})が、交付の始まった{starts}より前になっています。",
    hint="交付年月日を確かめてください。被保険者証なら、書類を「被保険者証」に直します。",
    source="令和5年法律48号附則、R3・R22",
)
def issued_too_early(context: Context) -> Hits:
    """A 資格確認書 of before R6.12.2, when there was none."""
    for entry in context.ledger:
        if entry.document == "certificate" and entry.issued and entry.issued < starts():
            values = {
                "issued": era_date.both(entry.issued),
                "starts": era_date.both(starts()),
            }
            yield Hit("ledger", entry.row, "issued", values)
