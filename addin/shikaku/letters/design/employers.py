"""Letters to employers."""

from collections.abc import Sequence
from dataclasses import replace

from shikaku.letters.design.blocks import (
    A4_LIST,
    PALE,
    TINT,
    TableCell,
    TableRow,
    border,
    box,
    either,
    gap,
    next_page,
    p,
    repeat,
    table,
    when,
)
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    GRID,
    THANKS,
    WIDTH,
    box_items,
    boxed,
    dear_employer,
    dear_member,
    ijo,
    inquiry,
    ki,
    letterhead,
    numbered,
    signature,
    title,
    to_employer,
    together,
    yours,
)


def list_table(
    columns: Sequence[tuple[str, float, str, str]], expression: str, height: float = 8
) -> str:
    """A ruled list whose head repeats on each page.

    columns: heading, millimetres (0: the rest of the width), value, style of the value.
    """
    fixed = sum(width for _, width, _, _ in columns)
    widths = [width or round(WIDTH - fixed, 2) for _, width, _, _ in columns]
    head = TableRow(
        [TableCell(name, style="CellHead", fill=TINT) for name, *_ in columns],
        height=8,
        header=True,
    )
    row = TableRow([TableCell(value, style=style) for _, _, value, style in columns], height=height)
    return table(widths, [head, *repeat(expression, row, len(columns))], borders=GRID)


def mynumber_request() -> bytes:
    """個人番号・記載内容の提出・訂正のお願い (R43–R45); never prints a number."""
    body = (
        letterhead()
        + title("個人番号・届書記載内容の提出・訂正のお願い")
        + to_employer(
            THANKS,
            "さて、ご提出の届書等を確認いたしましたところ、下記の方につきまして、"
            "個人番号（マイナンバー）の記載がない、または記載内容の確認が必要な箇所がございました。"
            "お手数ですが、**{{ reply_by }}まで**にご提出・ご訂正くださいますようお願い申し上げます。",
        )
        + ki()
        + list_table(
            [
                ("No.", 9, "{{ row.no }}", "CellCentre"),
                ("届書・台帳", 36, "{{ row.place }}", "CellSmall"),
                ("記号-番号-枝番", 27, "{{ row.record }}", "CellSmallCentre"),
                ("氏名", 28, "{{ row.name }}", "Cell"),
                ("ご提出・ご訂正いただきたい内容", 0, "{{ row.request }}", "CellSmall"),
            ],
            "row in rows",
        )
        + gap(8)
        + together(
            boxed("ご留意いただきたいこと", [_HEED, inquiry()]),
            ijo(),
        )
    )
    return document("個人番号・記載内容の提出・訂正のお願い", body, A4_LIST)


_HEED = box_items(
    "届書への個人番号の記載は法令で求められています。正しい番号をお早めにご提出ください。",
    "番号と氏名・カナ・生年月日・性別・住所がそろわない方は、"
    "データの登録に相当の日数を要します（上表の方の登録完了の見込み：**{{ est_usable }}**）。"
    "それまでマイナ保険証はお使いになれません。",
    "その間に受診のご予定がある方には、資格確認書の交付を申請してください。",
    "届出の期限は個人番号がそろうまで延びません。番号が手元にないときは、"
    "理由を記入して届書を先にご提出ください。",
    "個人番号は届書または暗号化したファイルでお送りください。"
    "**この用紙や電子メールの本文には書かないでください。**",
)
"""What an employer is to heed who sends numbers late."""


def _distribution_list() -> str:
    """A row a person: whom, what, and room for the day and the seal."""
    note = when(
        "row.note",
        p("**{{ row.note }}**", style="CellSmallCentre"),
        p("{{ row.lost }}", style="CellSmallCentre"),
    )
    return list_table(
        [
            ("No.", 8.5, "{{ row.no }}", "CellSmallCentre"),
            ("所属", 18.5, "{{ row.department }}", "CellSmall"),
            ("番号", 13.5, "{{ row.number }}", "CellSmallCentre"),
            ("お渡しする方", 22.7, "{{ row.insured }}", "CellSmall"),
            ("対象の方", 21.3, "{{ row.name }}", "CellSmall"),
            ("生年", 14.5, "{{ row.birth_year }}", "CellSmallCentre"),
            ("確認書", 13, "{{ row.certificate }}", "CellCentre"),
            ("お知らせ", 16.5, "{{ row.notice }}", "CellCentre"),
            ("受領日", 13.2, "", "Cell"),
            ("受領印", 13.2, "", "Cell"),
            ("備考", 0, note, "CellSmallCentre"),
        ],
        "row in rows",
        height=10,
    )


def distribution() -> bytes:
    """配布のお願い・配布一覧: a row a person, the leavers' marked 「返送」 (R11, R21, R28)."""
    body = (
        letterhead()
        + title("資格確認書・資格情報のお知らせの配布のお願い")
        + to_employer(
            THANKS,
            "さて、貴社の加入者の方々の資格確認書および資格情報のお知らせをお送りいたします。"
            "ご多用のところ恐縮ですが、下記一覧により、ご本人への配布をお願い申し上げます。",
        )
        + ki()
        + numbered(
            "１　同封の枚数　　**資格確認書 {{ certificates }}枚　　資格情報のお知らせ {{ notices }}枚**",
            "２　封筒は開封せず、被保険者ご本人へお渡しください。ご家族（被扶養者）の分も"
            "被保険者へお渡しください。",
            "３　お渡しの際は、受領日の記入と受領印（または署名）を受け、この一覧を保管してください。",
            "４　備考に**「返送」**とある方、および退職などですでに資格を失った方の分は、"
            "**お渡しせずに**当組合へご返送ください。",
        )
        + inquiry("LetterNumbered", "５　", "")
        + p("以上", style="LetterRight")
        + p("配布一覧", style="LetterHeading")
        + gap(2)
        + _distribution_list()
        + gap(1)
    )
    return document(
        "資格確認書・資格情報のお知らせの配布のお願い",
        body,
        replace(A4_LIST, footer="{{ to_organisation }}　配布一覧　{page} / {pages}"),
    )


_FILING_LATE = box_items(
    "資格の登録が遅れ、その間はマイナ保険証などで受診できません。",
    "被扶養者の認定日が、届書を受け付けた日になることがあります。",
    "資格喪失の届出が遅れると、喪失後の受診による医療費の返還が生じやすくなります。",
    "取得・喪失・異動の届出は、事実のあった日から{{ filing_days }}日以内にご提出ください"
    "（健康保険法施行規則第24条・第29条・第38条）。",
    "個人番号や添付書類がそろわないときも、届書は先にご提出ください。",
)

_APPLYING_LATE = box_items(
    "任意継続の申出は、資格を喪失した日から{{ filing_days }}日以内です（健康保険法第37条）。",
    "期限を過ぎた申出は、正当な理由があると当組合が認めたときに限り受け付けます。",
    "申出が認められないときは、国民健康保険などへの加入手続きが必要です。",
)


def late_filing() -> bytes:
    """届出期限のお知らせ, and the 遅延理由書 to send back (R43; 健保則24条, 29条, 38条)."""
    body = (
        letterhead()
        + title("届出期限のお知らせと遅延理由書ご提出のお願い")
        + either("direct", [dear_member()], [dear_employer(THANKS)])
        + p(
            "さて、下記の届出につきまして、提出期限を過ぎております。**未提出の届書は直ちにご提出ください。**"
            "あわせて、次ページの遅延理由書に理由をご記入のうえ、"
            "**{{ reply_by }}まで**にご提出くださいますようお願い申し上げます。",
            style="LetterBody",
        )
        + yours()
        + ki()
        + list_table(
            [
                ("届書", 25, "{{ row.filing }}", "CellSmall"),
                ("記号-番号", 23, "{{ row.record }}", "CellSmallCentre"),
                ("氏名", 0, "{{ row.name }}", "Cell"),
                ("事実の日", 29, "{{ row.event }}", "CellSmallCentre"),
                ("提出期限", 36, "{{ row.limit }}", "CellSmallCentre"),
                ("届出日", 29, "{{ row.filed }}", "CellSmallCentre"),
            ],
            "row in rows",
        )
        + gap(8)
        + together(
            boxed(
                "届出の期限について",
                [
                    either("direct", [_APPLYING_LATE], [_FILING_LATE]),
                    inquiry(),
                ],
            ),
            ijo(),
        )
        + next_page()
        + _reasons_form()
    )
    return document("届出期限のお知らせ・遅延理由書", body, A4_LIST)


def _label(employer: str, applicant: str) -> str:
    return f"{{% if direct %}}{applicant}{{% else %}}{employer}{{% endif %}}"


def _reasons_form() -> str:
    """遅延理由書: filled in but for the reasons. What stands behind the list is one box, so that no
    heading with its blank lines is left alone on a page."""
    return (
        gap(10)
        + p("届出遅延理由書", style="FormTitle")
        + gap(4)
        + p("令和　　　年　　　月　　　日", style="LetterRight")
        + p("{{ insurer_name }}　御中", style="LetterPlain")
        + gap(4)
        + signature(
            [WIDTH - 90, 28, 62],
            [
                (_label("事業所所在地", "住所"), "{{ employer_address }}"),
                (_label("事業所名称", ""), "{{ to_organisation }}"),
                (_label("事業主氏名", "氏名"), "{{ employer_owner }}"),
                (_label("事業所記号", "記号"), "{{ employer_symbol }}"),
            ],
        )
        + gap(8)
        + p(
            "下記の届出が遅れましたので、その理由を申し述べます。"
            "{% if not direct %}今後は期限内に届け出ます。{% endif %}",
            style="LetterBody",
        )
        + gap(6)
        + list_table(
            [
                ("届書・氏名", 40, "{{ row.filing }}　{{ row.name }}", "CellSmall"),
                ("事実の日", 29, "{{ row.event }}", "CellSmallCentre"),
                ("届出日", 29, "{{ row.filed }}", "CellSmallCentre"),
                ("遅れ", 14, "{{ row.days_late }}", "CellSmallCentre"),
                ("遅延の理由", 0, "", "Cell"),
            ],
            "row in rows",
            height=14,
        )
        + gap(8)
        + _behind_the_list()
        + gap(1)
    )


def _behind_the_list() -> str:
    """The documents to add, and what the employer will do that it doesn't happen again."""
    documents = when(
        "documents",
        p("※の届出（事実の日から60日以上過ぎたもの）に添えていただく書類", style="BoxHeading"),
        p("□　事実の日が分かる書類の写し（当組合からお願いしたとき）", style="BoxItem"),
        gap(8),
    )
    prevention = when("not direct", p("再発防止のために行うこと", style="BoxHeading"), gap(40))
    return table(
        [WIDTH],
        [TableRow([TableCell([documents, prevention], fill=PALE)])],
        borders=box(border()),
        margins=(1.2, 3, 1.5, 3),
    )
