"""What people call the kinds of letters, on the command line and in programs."""

from shikaku.fields.text import half_width
from shikaku.letters.catalogue import KINDS

_NAMES = {
    "資格情報のお知らせ": "notice",
    "お知らせ": "notice",
    "下4桁ありのお知らせ": "notice-digits",
    "確認書": "certificate",
    "お渡し状": "certificate-cover",
    "送付状": "certificate-cover",
    "配布一覧": "distribution",
    "配布のお願い": "distribution",
    "登録状況の確認": "status-check",
    "登録状況確認": "status-check",
    "交付申請の案内": "application-guide",
    "交付申請": "application-guide",
    "個人番号の提出": "mynumber-request",
    "個人番号": "mynumber-request",
    "届出期限": "late-filing",
    "遅延理由書": "late-filing",
    "返納のお願い": "return-request",
    "返納依頼": "return-request",
    "督促": "return-reminder",
    "督促状": "return-reminder",
    "最終通知": "return-final",
    "最終": "return-final",
    "回収不能届": "return-loss",
    "決定通知": "decision-notice",
    "確認・決定通知": "decision-notice",
    "任意継続の終了": "voluntary-end",
    "届書の確認結果": "receipt-reply",
    "確認結果": "receipt-reply",
    "届出の確認": "not-filed",
}


def kind_named(text: str) -> str | None:
    """The kind that somebody means: its name, its title, or what the desk calls it; None when
    there is none.

    >>> kind_named("return-reminder"), kind_named("督促"), kind_named("資格確認書"), kind_named("葉書")
    ('return-reminder', 'return-reminder', 'certificate', None)
    """
    name = half_width("".join(text.split()))
    if name in KINDS:
        return name
    titles = {half_width(kind.title): kind.kind for kind in KINDS.values()}
    return titles.get(name) or _NAMES.get(name)
