"""届書の確認結果 and 今月の届出の確認, to the employer."""

from shikaku.letters.design.blocks import A4, A4_LIST, either, gap, p, when
from shikaku.letters.design.employers import list_table
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import boxed, facts, ijo, inquiry, ki, letterhead, title, together

_GREETING = p("拝啓　貴社ますますご清栄のこととお慶び申し上げます。", style="LetterPlain") + p(
    "平素より当組合の事業運営に格別のご協力を賜り、厚く御礼申し上げます。", style="LetterBody"
)


def _sending_again() -> str:
    return together(
        boxed(
            "お送りいただくときは",
            [
                p(
                    "・届書の期限は、お直しのために延びません。お早めにお送りください。",
                    style="BoxItem",
                ),
                p(
                    "・直したところのほかは、そのままお送りください。すでに受け付けた行が二重になることはありません。",
                    style="BoxItem",
                ),
                p(
                    "・ファイルにはパスワードを掛けてください。**個人番号を電子メールの本文に書かないでください。**",
                    style="BoxItem",
                ),
                inquiry(),
            ],
        ),
        ijo(),
    )


def receipt_reply() -> bytes:
    """What is wrong in a file that came in, row by row, and how to send it again."""
    body = (
        letterhead()
        + title("届書の確認結果のお知らせ")
        + _GREETING
        + either(
            "unreadable",
            [
                p(
                    "さて、お送りいただきましたファイルを開くことができませんでした。下記をご確認のうえ、"
                    "**{{ reply_by }}まで**にあらためてお送りくださいますようお願い申し上げます。",
                    style="LetterBody",
                )
            ],
            [
                p(
                    "さて、お送りいただきました届書を確認いたしましたところ、下記の{{ count }}か所を"
                    "お直しいただく必要がございました。お手数ですが、**{{ reply_by }}まで**に直したファイルを"
                    "お送りくださいますようお願い申し上げます。",
                    style="LetterBody",
                )
            ],
        )
        + p("敬具", style="LetterRight")
        + ki()
        + facts([("ファイル", "{{ file }}"), ("受付日", "{{ received }}")])
        + gap(8)
        + list_table(
            [
                ("No.", 10, "{{ row.no }}", "CellSmallCentre"),
                ("届書・行", 34, "{{ row.place }}", "CellSmall"),
                ("氏名", 27, "{{ row.name }}", "CellSmall"),
                ("項目", 25, "{{ row.item }}", "CellSmall"),
                ("お直しいただきたい内容", 0, "{{ row.request }}", "CellSmall"),
            ],
            "row in rows",
        )
        + gap(8)
        + _sending_again()
    )
    return document("届書の確認結果のお知らせ", body, A4_LIST)


def not_filed() -> bytes:
    """Nothing has come in this month: is there nothing, or is it still to come?"""
    answers = [
        "□　{{ month }}に届け出ることはありません。",
        "□　届出があります。（　　　月　　　日までに送ります）",
        "□　すでに送りました。（　　　月　　　日に送付）",
    ]
    body = (
        letterhead()
        + title("{{ month }}の届出の確認のお願い")
        + _GREETING
        + p(
            "さて、本日現在、{{ month }}の資格取得・被扶養者異動・資格喪失の届出をお受けしておりません。"
            "届出がないか、ご提出がこれからかをご確認のうえ、下の欄にご記入いただき、"
            "**{{ reply_by }}まで**にご返送くださいますようお願い申し上げます。",
            style="LetterBody",
        )
        + when(
            "last_received",
            p("（前回お受けした日：{{ last_received }}）", style="LetterPlain"),
        )
        + p(
            "なお、本状と行き違いにご提出いただいておりましたら、なにとぞご容赦ください。",
            style="LetterBody",
        )
        + p("敬具", style="LetterRight")
        + gap(6)
        + boxed(
            "届出の期限",
            [
                p(
                    "・資格取得、被扶養者の異動は、事実のあった日から5日以内です（健康保険法施行規則第24条・第38条）。",
                    style="BoxItem",
                ),
                p(
                    "・資格喪失は、喪失した日から5日以内です（健康保険法施行規則第29条）。",
                    style="BoxItem",
                ),
                inquiry(),
            ],
        )
        + gap(12)
        + p("ご返信（この面をコピーしてお送りください）", style="LetterHeading")
        + gap(4)
        + facts(
            [
                ("事業所", "{{ employer_symbol }}　{{ to_organisation }}"),
                ("ご回答", [p(text, style="Cell") + gap(4) for text in answers]),
                (
                    "ご記入日・ご担当者",
                    "令和　　　年　　　月　　　日　　　　　　　　　　　　　　　　様",
                ),
            ]
        )
        + gap(1)
    )
    return document("今月の届出の確認", body, A4)
