"""資格取得等確認・決定通知, to the employer."""

from shikaku.letters.design.blocks import A4_LIST, gap, p
from shikaku.letters.design.employers import list_table
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    box_items,
    boxed,
    ijo,
    inquiry,
    ki,
    letterhead,
    title,
    to_employer,
    together,
)


def decision_notice() -> bytes:
    """What was confirmed of whom, from which day, and what the employer does with it."""
    body = (
        letterhead()
        + title("資格取得等確認・決定通知書")
        + to_employer(
            "さて、ご提出いただきました届出（{{ count }}件）につきまして、下記のとおり確認・決定いたしましたので"
            "通知いたします（健康保険法第39条、第49条）。"
        )
        + ki()
        + list_table(
            [
                ("No.", 9, "{{ row.no }}", "CellSmallCentre"),
                ("届書", 25, "{{ row.filing }}", "CellSmall"),
                ("記号-番号-枝番", 29, "{{ row.record }}", "CellSmallCentre"),
                ("氏名", 0, "{{ row.name }}", "Cell"),
                ("区分", 19, "{{ row.kind }}", "CellSmallCentre"),
                ("確認・決定", 30, "{{ row.decided }}", "CellSmallCentre"),
                ("年月日", 30, "{{ row.event }}", "CellSmallCentre"),
            ],
            "row in rows",
        )
        + gap(8)
        + together(
            boxed(
                "お願い",
                [
                    box_items(
                        "記号・番号と資格取得・喪失の年月日を、ご本人（退職された方を含みます）へ"
                        "速やかにお知らせください（健康保険法第49条第2項）。",
                        "記載に誤りがあるときは、お早めにご連絡ください。",
                    ),
                    inquiry(),
                ],
            ),
            gap(4),
            p(
                "※この決定に不服があるときは、決定を知った日の翌日から3か月以内に、社会保険審査官へ"
                "審査請求をすることができます（健康保険法第189条）。",
                style="LetterNote",
            ),
            ijo(),
        )
    )
    return document("資格取得等確認・決定通知", body, A4_LIST)
