"""任意継続の終了と返納のご案内, to the insured at home."""

from shikaku.letters.design.blocks import A4, gap, p
from shikaku.letters.design.employers import list_table
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    box_items,
    boxed,
    facts,
    ijo,
    items,
    ki,
    letterhead,
    return_to,
    title,
    to_member,
    together,
)
from shikaku.letters.design.returns import NUMBER


def voluntary_end() -> bytes:
    """When it ends, what comes back by when, and where people are insured from then on."""
    body = (
        letterhead()
        + title("任意継続の終了と{{ document }}ご返納のご案内")
        + to_member(
            "さて、{{ person_name }} 様の任意継続被保険者の資格は、取得から2年となる"
            "**{{ last_day }}をもって終了**し、**{{ lost }}から**は当組合の健康保険をお使いになれません"
            "（健康保険法第38条第1号。お手続きは要りません）。"
        )
        + ki()
        + facts(
            [
                ("被保険者", "{{ person_name }} 様　{{ record_text }}"),
                ("任意継続の最後の日", [p("{{ last_day }}", style="CellBig")]),
                ("書類の返納期限", [p("{{ return_by }}", style="CellBig")]),
            ]
        )
        + gap(8)
        + p("１　次の書類を、資格を失ってから返納期限までにお返しください", style="LetterHeading")
        + gap(2)
        + list_table(
            [
                ("管理番号", 24, NUMBER, "CellSmallCentre"),
                ("書類", 34, "{{ case.document }}", "CellSmallCentre"),
                ("記号-番号-枝番", 32, "{{ case.record }}", "CellSmallCentre"),
                ("氏名", 0, "{{ case.name }}", "Cell"),
                ("有効期限", 36, "{{ case.expiry }}", "CellSmallCentre"),
            ],
            "case in cases",
        )
        + gap(8)
        + p("２　終了の後の健康保険は、次のどれかになります", style="LetterHeading")
        + items(
            "**国民健康保険**　お住まいの市区町村へ、資格を失った日から14日以内に届け出てください。",
            "**ご家族の健康保険の被扶養者**　ご家族のお勤め先にご相談ください。",
            "**お勤め先の健康保険**　すでにお勤めの方は、お勤め先での加入をご確認ください。",
        )
        + gap(6)
        + together(_box(), ijo())
    )
    return document("任意継続の終了と返納のご案内", body, A4)


def _box() -> str:
    """Where to, and what else to know."""
    return boxed(
        "返納の方法とご注意",
        [
            box_items(
                "当組合あてに直接お送りください（健保法施行規則第51条第2項）。記録の残る方法をお勧めします。",
                "資格を失った後に使うと、医療費をお返しいただきます（健康保険法第58条、民法第703条）。",
                "ご家族（被扶養者）の方も同じ日に資格を失います。",
                "マイナ保険証は、次の健康保険の登録が済むと、そのままお使いになれます。",
            ),
            return_to(),
        ],
        strong=True,
    )
