"""The lines of ``certificate``'s table for a member who is covered: one question after the other.

Each question answers with a decision, or with None and leaves it to the next; some settle the status
by which the later ones go (a number that isn't registered, an e-certificate that is over).
"""

import datetime as dt
from collections.abc import Callable, Sequence

from shikaku.decisions import e_certificate, holdings, old_card, registration, validity
from shikaku.decisions.certificate_decision import (
    DERIVED_REASON,
    EX_OFFICIO,
    OWN_AFFAIR,
    CertificateDecision,
)
from shikaku.decisions.facts import Disagreement
from shikaku.decisions.holdings import Holding
from shikaku.fields.era_date import format as era
from shikaku.law import parameters
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.model.settings import Settings


class CoveredMember:
    """One covered member on one day from R6.12.2 on.

    later: the decision of a day to come, as far as the end of cover is known today. reissue: the 処理
    by which another certificate is ordered in place of one that was issued, a key of its list.
    """

    def __init__(
        self,
        person: Person,
        as_of: dt.date,
        held: Sequence[Holding],
        settings: Settings,
        differences: Sequence[Disagreement],
        cover_end: dt.date | None,
        later: Callable[[dt.date], CertificateDecision],
        reissue: str | None = None,
    ) -> None:
        self.person, self.as_of, self.settings = person, as_of, settings
        self.held, self.differences, self.cover_end = held, differences, cover_end
        self._on = later
        self.reissue = reissue
        self.renewal = False  # one in hand ends now, or has just ended
        self.lead = ""  # what the sentence begins with
        self.rules: tuple[str, ...] = ()  # the rules behind the lead
        self.status = person.myna_status
        self._e_certificate_state = e_certificate.state(person, as_of, settings)
        self.number_pending = False  # K6 by the filing's number, not by the status
        starts = parameters.value("certificate.starts", as_of)
        self.existing = person.acquired is not None and person.acquired < starts
        self.new = person.acquired is not None and not self.existing
        self.bulk = parameters.value("certificate.bulk_issue", as_of)

    def decide(self) -> CertificateDecision:
        """The first line of ``certificate``'s table that fits."""
        return (
            self._held()
            or self._different()
            or self._e_certificate()
            or self._number()
            or self._registered()
            or self._unknown()
            or self._old_card()
            or self._bulk()
            or self._application()
            or self._ex_officio()
            or self._apply()
        )

    def _issue(
        self, ground: str, reason: str, rules: tuple[str, ...], why: str
    ) -> CertificateDecision:
        return CertificateDecision(
            "issue", ground, reason, self._all(rules), self.lead + why, self._expiry()
        )

    def _no_issue(self, outcome: str, rules: tuple[str, ...], why: str) -> CertificateDecision:
        return CertificateDecision(outcome, None, None, self._all(rules), self.lead + why)

    def _expiry(self) -> dt.date | None:
        """有効期限 of one issued today."""
        status = self.person.myna_status if self.number_pending else self.status
        return validity.expiry(status, self.cover_end, self.as_of, self.settings)

    def _all(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.rules + rules)) if self.rules else rules

    @property
    def _wants(self) -> bool:
        return self.person.want == "yes"

    @property
    def _status_label(self) -> str:
        return schema().lists["myna_status"][self.status or ""]

    def _held(self) -> CertificateDecision | None:
        """A certificate in hand, or a lead that tells of one that ended or is about to."""
        if not self.held and not self.reissue:  # most people
            return None
        held = holdings.best(self.held, self.as_of)
        if held is None and self.reissue:
            self.rules = ("健保則49条",)
            self.lead = f"返納管理の処理が「{schema().lists['handling'][self.reissue]}」で、"
            return None
        if held is None:
            ended = holdings.last_ended(self.held, self.as_of)
            if ended:
                self.rules = ("R31",)
                self.lead = f"お持ちの資格確認書は{era(ended)}で期限が切れており、"
                days = parameters.value("certificate.care_renewal_days", self.as_of) or 0
                self.renewal = (self.as_of - ended).days <= days
            return None
        if held.expiry and held.near_its_end(self.as_of, self.settings):
            lasting = self._needs_no_renewal(held.expiry)
            if lasting:
                return lasting
            self.rules = ("R31",)
            self.lead = f"お持ちの資格確認書は{era(held.expiry)}に期限を迎え、"
            self.renewal = True
            return None
        until = f"{era(held.expiry)}まで有効な" if held.expiry else "有効期限の記録がない"
        if self._wants:
            why = (
                f"{until}資格確認書をお持ちのため希望があっても重ねて交付しません"
                "(なくした場合は、返納管理の備考に「滅失」と書くと再交付を判定します)。"
            )
        else:
            why = f"{until}資格確認書をお持ちのため、新たな交付は必要ありません。"
        return self._no_issue("none", ("R31",), why)

    def _needs_no_renewal(self, expiry: dt.date) -> CertificateDecision | None:
        """The one in hand lasts as long as the cover, or 設定 has no later day for a new one."""
        if self.cover_end and expiry >= self.cover_end - dt.timedelta(1):
            return self._no_issue(
                "none",
                ("R31",),
                f"お持ちの資格確認書({era(expiry)}まで)は、{era(self.cover_end)}に資格を喪失するまで使える"
                "ため、更新はしません。",
            )
        new = self._expiry()
        if new is None or new > expiry:
            return None
        wanted = self.settings.certificate_expiry
        if wanted is None or wanted > expiry:  # the months for a Myna card that is away end sooner
            return self._no_issue(
                "none",
                ("R31",),
                f"お持ちの資格確認書は{era(expiry)}まで使え、いま交付しても{era(new)}までのため、"
                "まだ更新しません。",
            )
        return self._no_issue(
            "none",
            ("R31", "C13"),
            f"お持ちの資格確認書は{era(expiry)}に期限を迎えますが、設定の「"
            f"{schema().settings['certificate_expiry'].label}」がそれより後の日でないため更新できません"
            "(設定を新しい日に直すと更新を判定します)。",
        )

    def _different(self) -> CertificateDecision | None:
        """Rows of this person say different things of one day, or of none."""
        if not self.differences:
            return None
        one = self.differences[0]
        sheets, words = schema().sheets, schema().lists[one.column]
        places = [
            f"シート「{sheets[sheet].name}」{row}行目は「{words[value]}」"
            for (sheet, row), value in (
                (one.known, one.known_value),
                (one.arrived, one.arrived_value),
            )
        ]
        return self._no_issue(
            "confirm",
            ("R40",),
            f"{sheets[one.known[0]].label(one.column)}が{'、'.join(places)}で食い違い、どちらが新しいかを"
            "状況確認日から決められないため、本人への確認が必要です。",
        )

    def _e_certificate(self) -> CertificateDecision | None:
        """The e-certificate's day against the status; settles ``status`` where it can."""
        ends = self.person.e_certificate_expiry
        looked_at = ("registered", "registered_unusable", "e_certificate_expired")
        if ends is None or self.status not in looked_at:
            return None
        state = self._e_certificate_state
        if state == e_certificate.CONTRADICTION:
            until = "まで有効" if self.as_of <= ends else "で期限切れ"
            return self._no_issue(
                "confirm",
                ("R37", "R40"),
                f"マイナ保険証の状況は「{self._status_label}」ですが電子証明書有効期限の欄では"
                f"{era(ends)}{until}で、食い違っているため、本人への確認が必要です。",
            )
        if self.status == "e_certificate_expired":
            if state == e_certificate.GRACE and not self._wants:
                last = e_certificate.usable_until(ends, self.settings, self.as_of)
                later = self._on(last + dt.timedelta(1))
                if later.ground != "ex_officio":
                    return self._grace(ends, ("R37",), "早めの更新をご案内ください")
                then = "それまでに更新がなければ職権で交付します"
                return self._grace(ends, ("R24", "R37"), then)
        elif state == e_certificate.ENDED:
            self.rules += ("R37",)
            self.lead += f"電子証明書の期限({era(ends)})から3か月が過ぎており、"
            self.status = "e_certificate_expired"
        elif state == e_certificate.GRACE and self._wants and self.person.want_reason == "C":
            self.rules += ("R37",)
            self.lead += f"電子証明書が{era(ends)}で期限切れになり、"
            self.status = "e_certificate_expired"
        return None

    def _grace(self, ends: dt.date, rules: tuple[str, ...], then: str) -> CertificateDecision:
        until = e_certificate.usable_until(ends, self.settings, self.as_of)
        return self._no_issue(
            "none",
            rules,
            f"電子証明書は{era(ends)}で期限が切れましたが{era(until)}まではマイナ保険証を使えるため、"
            f"まだ交付せず、{then}。",
        )

    def _number(self) -> CertificateDecision | None:
        """A number that isn't registered makes the status K6, unless another ground is there."""
        person = self.person
        lacking = registration.number_lacking(person) and self.settings.number_pending != "wait"
        if not lacking or self.status in EX_OFFICIO:
            return None
        if self._wants:
            if self.status in OWN_AFFAIR:
                return None
            return self._issue(
                "application",
                "K6",
                ("R22", "R25", "C4", "R45"),
                "個人番号がまだ登録されておらずマイナ保険証を使えない人が資格確認書を希望しているため、"
                f"申請により交付します(K6 {schema().lists['ex_officio_reason']['K6']})。",
            )
        if registration.number_missing(person):
            self.status = "number_unregistered"
            self.number_pending = True
        return None

    def _registered(self) -> CertificateDecision | None:
        if self.status != "registered":
            return None
        person = self.person
        if self._wants:
            return self._no_issue(
                "none",
                ("R19",),
                "マイナ保険証の利用登録が済んでいる人には交付できないため、希望があっても交付しません"
                "(医療機関で使えない事情があるときは、状況を選び直してください)。",
            )
        rules = ("R38",) if self.existing else ("R41",) if self.new else ("R36",)
        state = self._e_certificate_state
        ends = person.e_certificate_expiry
        if ends and state == e_certificate.GRACE:
            return self._grace(ends, (*rules, "R37"), "早めの更新をご案内ください")
        if ends and state == e_certificate.NEAR:
            return self._no_issue(
                "none",
                (*rules, "R37"),
                "マイナ保険証を使えるため交付は不要ですが、電子証明書が"
                f"{era(ends)}に期限を迎えるため、更新をご案内ください。",
            )
        if not registration.number_lacking(person):
            return self._no_issue(
                "none", rules, "マイナ保険証を使えるため、資格確認書は必要ありません。"
            )
        if registration.number_missing(person):  # the setting says to wait for the number
            return self._no_issue(
                "none",
                (*rules, "R45"),
                "マイナ保険証の利用登録が済んでおり、設定により個人番号の登録を待つため、交付しません。",
            )
        return self._no_issue(
            "none",
            rules,
            "マイナ保険証の状況が「利用登録済」なので資格確認書は交付しませんが、個人番号の登録が済んでいる"
            "かどうかを確かめてください。",
        )

    def _unknown(self) -> CertificateDecision | None:
        if self.status not in (None, "unknown"):
            return None
        what = "空欄" if self.status is None else "「不明」"
        then = (
            "確認が済みしだい希望による交付を判定します"
            if self._wants
            else "本人に確認してください"
        )
        return self._no_issue(
            "confirm",
            ("R40",),
            f"マイナ保険証の状況が{what}で利用登録の有無がわからないため、{then}。",
        )

    def _old_card(self) -> CertificateDecision | None:
        """R39: until the bulk issue the old card does, unless there is none or one applies."""
        person = self.person
        if (
            self._wants
            or person.no_old_card
            or not self.bulk
            or self.as_of >= self.bulk["first"]
            or not old_card.usable(person.acquired, person.lost, self.as_of)
        ):
            return None
        coming = [self._on(self.bulk[key]) for key in ("first", "last")]
        if not any(later.ground == "bulk" for later in coming):
            then = "資格確認書が必要になったときは申請をご案内ください"
            if all(later.outcome == "not_covered" for later in coming):
                then = "一斉交付の前に資格を喪失するため、その対象にもなりません"
            return self._no_issue("none", ("R5", "R39"), f"{self._card_does}{then}。")
        entry = parameters.entry("certificate.bulk_issue", self.as_of)
        month = era(self.bulk["last"]).partition("月")[0] + "月頃"
        planned = entry is not None and entry.planned
        expected = "(予定)" if planned else ""
        return self._no_issue(
            "none",
            ("R5", "R39", "R23", *(("R1",) if planned else ())),
            f"{self._card_does}状況が変わらなければ{month}{expected}の一斉交付の対象になります。",
        )

    @property
    def _card_does(self) -> str:
        """Until when the old card is good, and whether anybody has said that there is one."""
        last: dt.date = parameters.value("certificate.old_card_last_day", self.as_of)
        if self.cover_end is not None:
            last = min(last, self.cover_end - dt.timedelta(1))
        asked = "(旧被保険者証の欄が空欄なので、お持ちかどうかを確かめてください)"
        shown = "" if self.person.old_card else asked
        return f"{era(last)}までは被保険者証を使えるためまだ交付せず{shown}、"

    @property
    def _k(self) -> str | None:
        """The ex-officio reason of the status, if it is in force on the day."""
        reason = EX_OFFICIO.get(self.status or "")
        in_force = parameters.value("certificate.ex_officio_reasons", self.as_of) or ()
        return reason if reason in in_force else None

    def _bulk(self) -> CertificateDecision | None:
        """R23: the issue to the members of before, decided on the status of the day (C6)."""
        until = parameters.value("certificate.bulk_for_acquired_until", self.as_of)
        if (
            self._k is None
            or not self.bulk
            or not self.bulk["first"] <= self.as_of <= self.bulk["last"]
            or self.person.acquired is None
            or self.person.acquired > until
        ):
            return None
        whose = f"「{self._status_label}」の"
        if self.number_pending:
            whose = "、個人番号がまだ登録されていない"
        return self._issue(
            "bulk",
            self._k,
            # R23 says 11月頃: that it has begun in October is the reading C6
            (
                "R23",
                *(("C6",) if self.as_of < self.bulk["last"].replace(day=1) else ()),
                *self._k_rules(),
            ),
            f"{era(until)}までに加入した{whose}人なので、申請がなくても一斉交付で交付します。",
        )

    def _application(self) -> CertificateDecision | None:
        if not self._wants or self.number_pending:
            return None
        reason = self.person.want_reason or DERIVED_REASON[self.status or ""]
        label = schema().lists["want_reason"][reason]
        taken = "" if self.person.want_reason else "、希望理由は空欄のため状況から判断"
        rules: tuple[str, ...] = ("R22",) if self.new else ("C12",)
        if self.status == "registered_unusable":
            rules = ("R19", *rules)
        if self.status == "lost_or_renewing":
            rules = (*rules, "R29")
        return self._issue(
            "application",
            reason,
            rules,
            f"「{self._status_label}」で資格確認書を希望しているため、申請(理由「{label}」{taken})により"
            "交付します。",
        )

    def _k_rules(self) -> tuple[str, ...]:
        if self.status != "number_unregistered":
            return ("R24",)
        rules: tuple[str, ...] = ("R25", "C4")
        if self.number_pending:
            rules += ("R45",)
        return rules

    def _ex_officio(self) -> CertificateDecision | None:
        reason = self._k
        if reason is None:
            return None
        rules = self._k_rules()
        if self.new:
            rules += ("R22",)
            if self.person.want is None and reason in ("K1", "K2"):
                rules += ("C5",)
        elif self.existing and reason != "K6":  # R25 itself speaks of members of before
            rules += ("R39",)
        want = {None: "希望の欄は空欄ですが", "no": "希望しないとの記入ですが"}.get(
            self.person.want, ""
        )
        label = schema().lists["ex_officio_reason"][reason]
        if self.number_pending:
            why = "個人番号がまだ登録されておらずマイナ保険証を使えないため"
        else:
            why = f"「{self._status_label}」のため"
        opening = f"{want}、" if want and self.new else ""
        return self._issue(
            "ex_officio",
            reason,
            rules,
            f"{opening}{why}、申請がなくても職権({reason} {label})で交付します。",
        )

    def _apply(self) -> CertificateDecision:
        """登録済だが利用困難 and 紛失・更新中: the member's own affair, by application only; the renewal for
        登録済だが利用困難 (要配慮者) needs none."""
        if (
            self.renewal
            and self.status == "registered_unusable"
            and self.settings.care_renewal == "without_application"
            and parameters.value("certificate.care_renewal", self.as_of)
        ):
            return self._issue(
                "ex_officio",
                "G",
                ("R31",),
                f"「{self._status_label}」の人なので、申請がなくても更新として交付します(引き続き必要か"
                "どうかを確かめてください)。",
            )
        if self.reissue:
            return self._issue(
                "application",
                DERIVED_REASON[self.status or ""],
                ("R19",),
                "交付した資格確認書に代えて、申請により再交付します。",
            )
        no = "いまは希望していませんが、" if self.person.want == "no" else ""
        rules = ("R29",) if self.status == "lost_or_renewing" else ("R19",)
        return self._no_issue(
            "apply",
            rules,
            f"{no}「{self._status_label}」の人には申請がないと交付できないため、"
            "交付申請をご案内ください。",
        )
