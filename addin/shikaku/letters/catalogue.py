"""The catalogue of letters: for each kind its title, to whom, and the fields a template may use.

``shikaku templates list`` and the check of users' templates are made from it. Flags (meaning
「…のとき真」) are for ``{% if %}``; everything else is text.
"""

from collections.abc import Iterable
from dataclasses import replace

from shikaku.letters.docx.fields import Field, Kind


def _text(name: str, meaning: str, example: str = "", *, required: bool = False) -> Field:
    return Field(name, meaning, example, required)


def _flag(name: str, meaning: str) -> Field:
    return Field(name, f"{meaning}とき真", "はい")


def _sized(name: str, meaning: str, example: str, *, required: bool = False) -> tuple[Field, Field]:
    """A text and its flag for smaller type."""
    return (
        _text(name, meaning, example, required=required),
        _flag(f"{name}_long", f"{meaning}が長く、小さい字にする"),
    )


def _must(fields: Iterable[Field], *names: str) -> tuple[Field, ...]:
    """The fields, with these required, too: what a kind may not leave out."""
    return tuple(replace(f, required=True) if f.name in names else f for f in fields)


_SENDER = (
    *_sized("insurer_name", "保険者名", "ひかり産業健康保険組合", required=True),
    _text("insurer_postal", "保険者所在地の郵便番号", "〒100-0000"),
    _text("insurer_address", "保険者所在地", "東京都架空区みほん一丁目2番3号"),
    _text("insurer_phone", "保険者電話番号", "03-0000-0000"),
    _text("insurer_number", "保険者番号", "06130009"),
)
_TO = (
    _text("to_postal", "宛先の郵便番号(事業所経由の本人あてでは空)", "〒150-0000"),
    *_sized("to_address1", "宛先の住所の1行目", "東京都架空区さくら台四丁目5番6号"),
    *_sized("to_address2", "宛先の住所の2行目", "コーポみほん201号室"),
    *_sized("to_organisation", "宛先の事業所名称", "株式会社みほん製作所"),
    *_sized("to_department", "宛先の所属", "製造部"),
    *_sized("to_name", "宛名(敬称つき)", "見本 太郎 様", required=True),
)
_HEAD = (
    _text("document_no", "文書番号", "OK20260415-567-01"),
    _text("date", "発行日(曜日つき)", "令和8年4月15日(水)", required=True),
    *_SENDER,
    *_TO,
)
_PERSON = (
    *_sized("person_name", "対象の方の氏名(敬称なし)", "見本 花子", required=True),
    _text("symbol", "記号", "1234"),
    _text("number", "番号", "567"),
    _text("branch", "枝番", "01"),
    _text("record_text", "記号・番号・枝番を続けたもの", "記号 1234　番号 567　枝番 01"),
)
_RECORD = ("symbol", "number", "branch")
_CARD = (
    *_sized("kana", "氏名カナ", "ミホン ハナコ"),
    _text("sex", "性別", "女"),
    _text("birth", "生年月日", "平成2年3月4日", required=True),
    _text("acquired", "資格取得年月日", "令和6年12月2日", required=True),
    _text("member_kind", "区分", "被扶養者（家族）"),
    _text("burden", "一部負担金の割合と発効日(70歳以上。ほかは「―」)", "2割（令和8年4月1日から）"),
    _flag("senior", "対象の方が70歳以上の"),
)
_DOCUMENT = (
    _text("control_no", "管理番号", "K00012"),
    _text(
        "document",
        "書類の名称(同じ方に2枚あるときは交付日、お持ちかわからないときはその旨つき)",
        "資格確認書",
    ),
    _text("record", "記号-番号-枝番", "1234-567-00"),
    _text("name", "氏名", "見本 太郎", required=True),
    _text("issued", "交付年月日", "令和6年12月10日"),
    _text("expiry", "有効期限", "令和11年11月30日"),
    _text("lost", "資格喪失年月日", "令和8年4月1日", required=True),
    _text("due", "返納期限(曜日つき)", "令和8年4月6日(月)", required=True),
    _text("overdue", "期限から過ぎた日数(期限前は空)", "9日"),
    _text("sent", "これまでにお願いした日", "令和8年4月8日"),
    _text("asked", "最後にお願いした日", "令和8年4月8日"),
    _text("note", "備考(ご逝去など)", ""),
)
_CASES = Field("cases", "返納していただく書類の一覧", required=True, items=_DOCUMENT)
_OTHERS = Field(
    "others",
    "この文書のほかに、前にお願いしてまだ戻っていない書類の一覧(事業所あてのとき)",
    items=tuple(replace(f, required=False) for f in _DOCUMENT),
)
_CODE = _flag("barcode", "管理番号をQRコードでも印字する")
_RETURN = (
    *_must(_HEAD, "insurer_address"),
    _text("document", "書類の名称(2種類あるときは「・」で続ける)", "資格確認書", required=True),
    _CASES,
    _OTHERS,
    _flag("past_due", "返納期限を過ぎた書類のある"),
    _flag("to_employer", "事業所あての"),
    _flag("direct", "任意継続の方あてで、組合へ直接お返しいただく"),
    _flag("bereaved", "お亡くなりになった方の書類についての(ご遺族または被保険者あて)"),
    _flag("family", "お亡くなりになった被保険者のご遺族あての"),
    _text("deceased", "お亡くなりになった方の氏名", "見本 太郎"),
    _flag("before_loss", "資格喪失日より前の事前案内の"),
    _flag("maybe", "お持ちかどうかわからない被保険者証のある"),
    _flag("repeatedly", "どの書類も2回以上督促した"),
    _CODE,
    _text("reply_by", "お返事・ご返納をお願いする日", "令和8年4月22日(水)"),
)
_URGED = _must(_RETURN, "reply_by")
_VOLUNTARY_END = (
    *_must(_HEAD, "insurer_address"),
    *_PERSON,
    _text("last_day", "任意継続の最後の日(曜日つき)", "令和8年3月31日(火)", required=True),
    _text("lost", "資格喪失年月日(曜日つき)", "令和8年4月1日(水)", required=True),
    _text("document", "書類の名称(2種類あるときは「・」で続ける)", "資格確認書", required=True),
    _text("return_by", "返納していただく期限(曜日つき)", "令和8年4月6日(月)", required=True),
    replace(_CASES, items=_must((replace(f, required=False) for f in _DOCUMENT), "name")),
    _CODE,
)

_ANSWER = (
    _text("birth", "生年月日", "平成2年3月4日"),
    _flag("senior", "対象の方が70歳以上の"),
    _flag("direct", "任意継続の方で、組合へ直接ご提出いただく"),
    _text("reply_by", "ご提出をお願いする日", "令和8年4月30日(木)", required=True),
    _text("reply_to", "提出先", "お勤め先の健康保険事務担当者"),
)
_NOTICE = (
    _text("old_card_until", "被保険者証が使える最後の日(使える間だけ。ほかは空)"),
    _text("correction_to", "誤りがあるときの連絡先", "お勤め先の担当者"),
)

_ALL = (
    Kind(
        "notice-digits",
        "資格情報のお知らせ(下4桁あり)",
        "member",
        (
            *_HEAD,
            *_must(_PERSON, *_RECORD),
            *_CARD,
            _text("last_four", "個人番号の下4桁(登録がなければ「未登録」)", "1234", required=True),
            *_NOTICE,
        ),
    ),
    Kind(
        "notice",
        "資格情報のお知らせ",
        "member",
        (
            *_HEAD,
            *_must(_PERSON, *_RECORD),
            *_CARD,
            *_NOTICE,
        ),
    ),
    Kind(
        "certificate",
        "資格確認書",
        "member",
        (
            *_must(_SENDER, "insurer_number", "insurer_address"),
            *_must(_PERSON, *_RECORD),
            *_must((f for f in _CARD if f.name not in ("burden", "senior")), "sex"),
            *_sized("insured_name", "被保険者氏名(被扶養者のときだけ)", "見本 太郎", required=True),
            _text("burden_share", "一部負担金の割合(70歳以上。ほかは空)", "2割", required=True),
            _text("burden_effective", "負担割合の発効年月日(同上)", "令和8年4月1日", required=True),
            _text("issued", "交付年月日", "令和8年4月15日", required=True),
            _text("expiry", "有効期限", "令和12年11月30日", required=True),
            _flag("direct", "任意継続の方で、組合へ直接お返しいただく"),
            _CODE,
            _text("control_no", "管理番号(QRコードを印字するとき。ほかは空)", "K00012"),
        ),
        2,
    ),
    Kind(
        "certificate-cover",
        "資格確認書のお届けについて",
        "member",
        (
            *_HEAD,
            *_PERSON,
            _text("issued", "交付年月日", "令和8年4月15日"),
            _text("expiry", "有効期限", "令和12年11月30日", required=True),
            _flag("direct", "任意継続の方で、組合へ直接お返しいただく"),
            _flag("return_on_registration", "マイナ保険証の利用登録後に返納を求める"),
        ),
    ),
    Kind(
        "distribution",
        "資格確認書・資格情報のお知らせの配布のお願い",
        "employer",
        (
            *_HEAD,
            Field(
                "rows",
                "配布する方の一覧",
                required=True,
                items=(
                    _text("no", "通し番号", "1"),
                    _text("department", "所属", "製造部"),
                    _text("number", "番号(記号がいくつもある事業所では 記号-番号)", "567"),
                    _text("birth_year", "対象の方の生年(同姓同名の方を見分ける)", "平2年"),
                    _text("insured", "お渡しする方(被保険者)の氏名", "見本 太郎", required=True),
                    _text(
                        "name", "対象の方(ご本人、またはご家族の氏名)", "見本 花子", required=True
                    ),
                    _text("certificate", "資格確認書があるとき○", "○"),
                    _text("notice", "資格情報のお知らせがあるとき○", "○"),
                    _text("note", "喪失した方、喪失する方は「返送」", "返送"),
                    _text("lost", "その喪失日", "4月1日喪失"),
                ),
            ),
            _text("certificates", "資格確認書の枚数", "12"),
            _text("notices", "資格情報のお知らせの枚数", "30"),
        ),
        None,
    ),
    Kind(
        "status-check",
        "マイナ保険証の登録状況確認のお願い",
        "member",
        (*_HEAD, *_PERSON, *_ANSWER),
    ),
    Kind(
        "application-guide",
        "資格確認書の交付申請のご案内",
        "member",
        (
            *_HEAD,
            *_PERSON,
            *_ANSWER,
            _text("insured_name", "申請者(被保険者)の氏名", "見本 太郎"),
            _text("relationship", "続柄", "妻"),
            _text("employer_name", "お勤め先の名称(任意継続の方は空)", "株式会社みほん製作所"),
        ),
        2,
    ),
    Kind(
        "mynumber-request",
        "個人番号・届書記載内容の提出・訂正のお願い",
        "employer",
        (
            *_HEAD,
            Field(
                "rows",
                "提出・訂正をお願いする方の一覧(個人番号は含まない)",
                required=True,
                items=(
                    _text("no", "通し番号", "1"),
                    _text("place", "届書と行", "資格取得届 12行目"),
                    _text("record", "記号-番号-枝番", "1234-567-00"),
                    _text("name", "氏名", "見本 太郎", required=True),
                    _text("request", "お願いの内容", "個人番号をご提出ください。", required=True),
                ),
            ),
            _text("reply_by", "ご提出をお願いする日", "令和8年4月22日(水)", required=True),
            _text("est_usable", "登録完了の見込み", "未定"),
        ),
        None,
    ),
    Kind(
        "late-filing",
        "届出期限のお知らせ・遅延理由書",
        "employer",
        (
            *_HEAD,
            Field(
                "rows",
                "期限を過ぎた届出の一覧",
                required=True,
                items=(
                    _text("filing", "届書", "資格取得届", required=True),
                    _text("record", "記号-番号", "1234-567"),
                    _text("name", "氏名", "見本 太郎", required=True),
                    _text("event", "事実の日(取得・異動・喪失の年月日)", "令和8年4月1日"),
                    _text("limit", "提出期限(曜日つき)", "令和8年4月6日(月)", required=True),
                    _text("filed", "届出日(まだなら「未提出」、先の日付はその旨)", "未提出"),
                    _text("days_late", "遅れた日数(60日以上たつ届出は※)", "9日"),
                ),
            ),
            _text("reply_by", "ご提出をお願いする日", "令和8年4月22日(水)", required=True),
            _flag("documents", "事実の日から60日以上たつ届出(※)がある"),
            _flag("direct", "任意継続の申出(本人あて)の"),
            _text("filing_days", "届出期限日数(任意継続の申出は20)", "5"),
            _text("employer_address", "事業所所在地", "東京都架空区さくら台四丁目5番6号"),
            _text("employer_owner", "事業主氏名", "代表取締役 見本 一郎"),
            _text("employer_symbol", "事業所記号", "1234"),
        ),
        None,
    ),
    Kind("return-request", "資格確認書等のご返納のお願い", "employer", _RETURN, None),
    Kind("return-reminder", "資格確認書等のご返納について(督促)", "employer", _URGED, None),
    Kind("return-final", "資格確認書等のご返納について(最終のご通知)", "employer", _URGED, None),
    Kind(
        "return-loss",
        "回収不能届(下書き)",
        "insurer",
        (
            _text("document_no", "文書番号", "HL20260415-K00012"),
            _text("date", "作成日(曜日つき)", "令和8年4月15日(水)"),
            *_SENDER,
            *_PERSON,
            _text("control_no", "管理番号", "K00012", required=True),
            _text("document", "書類の名称", "資格確認書", required=True),
            _text("member_kind", "区分", "被扶養者（家族）"),
            _text("issued", "交付年月日", "令和6年12月10日"),
            _text("expiry", "有効期限", "令和11年11月30日"),
            _text("lost", "資格喪失年月日", "令和8年4月1日", required=True),
            _text("due", "返納期限", "令和8年4月6日(月)"),
            _text("reason", "資格喪失届の「返不能の理由」(記入がなければ空)", "転居先不明"),
            _text("remarks", "返納管理の備考", ""),
            _text("reporter_address", "届出者の住所", "東京都架空区さくら台四丁目5番6号"),
            _text("reporter_name", "届出者の名称・氏名", "株式会社みほん製作所"),
            _text("reporter_contact", "届出者の担当者", "人事部 見本 次郎"),
            Field(
                "reminders",
                "督促の記録(発行履歴から)",
                required=True,
                items=(
                    _text("no", "回", "1"),
                    _text("date", "発行日", "令和8年4月8日", required=True),
                    _text("letter", "文書", "返納のお願い", required=True),
                    _text("addressee", "宛先", "株式会社みほん製作所"),
                ),
            ),
        ),
        None,
    ),
    Kind(
        "decision-notice",
        "資格取得等確認・決定通知",
        "employer",
        (
            *_HEAD,
            Field(
                "rows",
                "確認・決定した届出の一覧",
                required=True,
                items=(
                    _text("no", "通し番号", "1"),
                    _text("filing", "届書", "資格取得届", required=True),
                    _text("record", "記号-番号-枝番", "1234-567-00", required=True),
                    _text("name", "氏名", "見本 太郎", required=True),
                    _text("kind", "区分", "被保険者"),
                    _text("decided", "確認・決定の内容", "資格取得を確認", required=True),
                    _text("event", "その年月日", "令和8年4月1日", required=True),
                ),
            ),
            _text("count", "件数", "3"),
        ),
        None,
    ),
    Kind("voluntary-end", "任意継続の終了と返納のご案内", "member", _VOLUNTARY_END, None),
    Kind(
        "receipt-reply",
        "届書の確認結果のお知らせ",
        "employer",
        (
            *_HEAD,
            _text("file", "受け付けたファイル", "みほん製作所_4月.xlsx", required=True),
            _text("received", "受付日", "令和8年4月10日"),
            Field(
                "rows",
                "直していただく箇所の一覧",
                required=True,
                items=(
                    _text("no", "通し番号", "1"),
                    _text("place", "届書と行", "資格取得届 12行目", required=True),
                    _text("name", "氏名", "見本 太郎"),
                    _text("item", "項目", "生年月日"),
                    _text("request", "内容と直し方", "日付として読めません。", required=True),
                ),
            ),
            _text("count", "件数", "3"),
            _flag("unreadable", "ファイルを開けない"),
            _text("reply_by", "ご提出をお願いする日", "令和8年4月22日(水)", required=True),
        ),
        None,
    ),
    Kind(
        "not-filed",
        "今月の届出の確認",
        "employer",
        (
            *_HEAD,
            _text("month", "届出のない月", "令和8年4月", required=True),
            _text("last_received", "前回受け付けた日(なければ空)", "令和8年3月10日"),
            _text("employer_symbol", "事業所記号", "1234"),
            _text("reply_by", "ご返信をお願いする日", "令和8年4月22日(水)", required=True),
        ),
    ),
)

KINDS: dict[str, Kind] = {kind.kind: kind for kind in _ALL}
"""Every kind by its name, in the order of contract §5, then §6."""

PER: dict[str, str] = {
    kind.kind: "employer" if kind.to == "employer" else "person" for kind in _ALL
}
"""How a kind is packed when the user doesn't say: ``person`` or ``employer``."""
