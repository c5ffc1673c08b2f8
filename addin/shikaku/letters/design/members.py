"""Letters to members that are plain letters: the cover of a certificate."""

from shikaku.letters.design.blocks import A4, either, gap, p, when
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import boxed, contact, facts, ijo, ki, letterhead, title


def certificate_cover() -> bytes:
    """お渡し状: until when the certificate is valid, and when it must come back (R32, R46)."""
    body = (
        letterhead()
        + title("資格確認書のお届けについて")
        + p("拝啓　時下ますますご清祥のこととお慶び申し上げます。", style="LetterPlain")
        + p(
            "日頃より当組合の事業運営に格別のご理解とご協力を賜り、厚く御礼申し上げます。",
            style="LetterBody",
        )
        + p(
            "さて、このたび {{ person_name }} 様の「資格確認書」を交付いたしましたので、"
            "お届けいたします。記載内容をご確認のうえ大切に保管し、"
            "受診の際は医療機関・薬局の窓口でご提示ください。",
            style="LetterBody",
        )
        + p("敬具", style="LetterRight")
        + ki()
        + facts(
            [
                ("対象の方", [p("{{ person_name }} 様", style="CellBig")]),
                ("記号・番号・枝番", "{{ record_text }}"),
                ("交付年月日", "{{ issued }}"),
                ("有効期限", [p("{{ expiry }}", style="CellBig")]),
            ]
        )
        + gap(8)
        + p("１　お使いになるとき", style="LetterHeading")
        + p(
            "・有効期限までは、窓口での提示により、これまでどおり保険診療を受けられます。",
            style="LetterItem",
        )
        + p(
            "・氏名や生年月日に誤りがあるときは、お使いになる前に下記へご連絡ください。",
            style="LetterItem",
        )
        + p(
            "・紛失・破損のときは再交付を申請してください。盗難のときは警察へもお届けください。",
            style="LetterItem",
        )
        + when(
            "return_on_registration",
            p(
                "・マイナ保険証をお使いになれるようになったときは、資格確認書をお返しください。",
                style="LetterItem",
            ),
        )
        + gap(8)
        + boxed(
            "２　有効期限より前に資格を失ったときは、必ずお返しください",
            [
                p(
                    "・退職した、扶養から外れた、75歳になったなどで資格を失うと、"
                    "その日から使えません。",
                    style="BoxItem",
                ),
                either(
                    "direct",
                    [
                        p(
                            "・資格を失った日から**5日以内**に、**当組合へ直接**ご返納ください"
                            "（健康保険法施行規則第51条第2項）。",
                            style="BoxItem",
                        )
                    ],
                    [
                        p(
                            "・資格を失った日から**5日以内**に、**お勤め先の健康保険事務担当者**へ"
                            "お渡しください（健康保険法施行規則第51条第4項）。",
                            style="BoxItem",
                        )
                    ],
                ),
                p(
                    "・資格を失った後に使われますと、当組合が負担した医療費をお返しいただきます"
                    "（健康保険法第58条、民法第703条）。",
                    style="BoxItem",
                ),
                p(
                    "・有効期限を過ぎた資格確認書は返納不要です。ご自身で裁断して破棄してください。",
                    style="BoxItem",
                ),
            ],
            strong=True,
        )
        + ijo()
        + contact()
    )
    return document("資格確認書のお届けについて", body, A4)
