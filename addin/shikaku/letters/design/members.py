"""Letters to members: the cover of a certificate, and the status check with its slip."""

from shikaku.letters.design.blocks import (
    A4,
    NO_LINE,
    TINT,
    TableCell,
    TableRow,
    border,
    either,
    gap,
    p,
    table,
    when,
)
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    GRID,
    WIDTH,
    box_items,
    boxed,
    contact,
    facts,
    ijo,
    items,
    ki,
    letterhead,
    title,
    to_member,
)


def certificate_cover() -> bytes:
    """お渡し状: until when the certificate is valid, and when it must come back (R32, R46)."""
    body = (
        letterhead()
        + title("資格確認書のお届けについて")
        + to_member(
            "日頃より当組合の事業運営に格別のご理解とご協力を賜り、厚く御礼申し上げます。",
            "さて、このたび {{ person_name }} 様の「資格確認書」を交付いたしましたので、"
            "お届けいたします。記載内容をご確認のうえ大切に保管し、"
            "受診の際は医療機関・薬局の窓口でご提示ください。",
        )
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
        + items(
            "有効期限までは、窓口での提示により、これまでどおり保険診療を受けられます。",
            "氏名や生年月日に誤りがあるときは、お使いになる前に下記へご連絡ください。",
            "紛失・破損のときは再交付を申請してください。盗難のときは警察へもお届けください。",
        )
        + when(
            "return_on_registration",
            items("マイナ保険証をお使いになれるようになったときは、資格確認書をお返しください。"),
        )
        + gap(8)
        + _must_come_back()
        + ijo()
        + contact()
    )
    return document("資格確認書のお届けについて", body, A4)


def _must_come_back() -> str:
    """When the certificate is returned before it runs out, and to whom (R46)."""
    soon = "資格を失った日から**5日以内**に、"
    directly = "**当組合へ直接**ご返納ください（健康保険法施行規則第51条第2項）。"
    over_employer = "**お勤め先の担当者**へお渡しください（健康保険法施行規則第51条第4項）。"
    return boxed(
        "２　有効期限より前に資格を失ったときは、必ずお返しください",
        [
            box_items(
                "退職した、扶養から外れた、75歳になったなどで資格を失うと、その日から使えません。"
            ),
            either("direct", [box_items(soon + directly)], [box_items(soon + over_employer)]),
            box_items(
                "資格を失った後に使うと、当組合が負担した医療費をお返しいただきます"
                "（健康保険法第58条、民法第703条）。",
                "有効期限を過ぎた資格確認書は返納不要です。ご自身で裁断して破棄してください。",
            ),
        ],
        strong=True,
    )


def cut_line(text: str) -> str:
    """A dashed line across the page with what to do at it."""
    return gap(6) + table(
        [WIDTH],
        [
            TableRow(
                [
                    TableCell(
                        text,
                        style="CellSmallCentre",
                        borders={"top": border("dashed", 0.75, "808080")},
                    )
                ],
                height=5.5,
            )
        ],
        margins=(0, 0, 0, 0),
    )


_STATUS = (
    ("□　利用登録済み（受診に使える）", "□　電子証明書の有効期限が切れている"),
    ("□　マイナンバーカードを持っていない", "□　利用登録を解除した"),
    ("□　カードはあるが利用登録をしていない", "□　カードを返納した"),
    ("□　カードを紛失・更新手続き中", "□　登録済みだが使うのが難しい"),
)


def status_check() -> bytes:
    """マイナ保険証の登録状況確認のお願い, with a slip to answer on (R19, R27, R40)."""
    body = (
        letterhead()
        + title("マイナ保険証の登録状況確認のお願い")
        + to_member(
            "さて、{{ person_name }} 様につきまして、マイナンバーカードの健康保険証としての"
            "利用登録（マイナ保険証）の状況が確認できておりません。受診に支障のないよう、"
            "下記の方法でご確認のうえ、**{{ reply_by }}まで**に{{ reply_to }}へ回答票をご提出ください。"
        )
        + gap(2)
        + p("確認の方法（いずれか一つ）", style="LetterHeading")
        + items(
            "マイナポータルにログインし、ホームの「健康保険証」の画面を開く。",
            "医療機関・薬局の顔認証付きカードリーダーにカードを置く。",
        )
        + gap(4)
        + _advantages()
        + gap(4)
        + p(
            "※利用登録がない方には、資格確認書を交付します。お問い合わせ：{{ insurer_name }}"
            "{% if insurer_phone %}　電話 {{ insurer_phone }}{% endif %}",
            style="LetterNote",
        )
        + cut_line("切り取って、{{ reply_to }}へご提出ください")
        + p("回　答　票", style="CellBigCentre")
        + gap(4)
        + _slip()
        + gap(1)
    )
    return document("マイナ保険証の登録状況確認のお願い", body, A4)


def _slip() -> str:
    """The answer: whose, which status, what is wanted, the day and a signature."""
    return table(
        [34, 66, 66],
        [
            TableRow(
                [
                    TableCell("対象の方", style="CellHead", fill=TINT),
                    TableCell("**{{ person_name }}** 様　{{ record_text }}", span=2),
                ],
                height=8,
            ),
            *(
                TableRow(
                    [
                        TableCell(
                            "登録の状況" if i == 0 else "",
                            style="CellHead",
                            fill=TINT,
                            merge="restart" if i == 0 else "continue",
                        ),
                        TableCell(left, style="CellSmall", borders={"right": NO_LINE, **lines}),
                        TableCell(right, style="CellSmall", borders={"left": NO_LINE, **lines}),
                    ],
                    height=7,
                )
                for i, (left, right) in enumerate(_STATUS)
                for lines in [
                    {
                        **({} if i == 0 else {"top": NO_LINE}),
                        **({} if i == len(_STATUS) - 1 else {"bottom": NO_LINE}),
                    }
                ]
            ),
            TableRow(
                [
                    TableCell("資格確認書", style="CellHead", fill=TINT),
                    TableCell(
                        "□　交付を希望する　　　　□　希望しない　　（登録済みの方には交付できません）",
                        style="CellSmall",
                        span=2,
                    ),
                ],
                height=7,
            ),
            TableRow(
                [
                    TableCell("確認日・ご署名", style="CellHead", fill=TINT),
                    TableCell("令和　　　年　　　月　　　日", style="CellSmall"),
                    TableCell("ご署名", style="CellSmall"),
                ],
                height=9,
            ),
        ],
        borders=GRID,
    )


def _advantages() -> str:
    """What the Myna card is good for, in the words of the ministry's leaflet."""
    return boxed(
        "マイナ保険証のよいところ",
        [
            box_items(
                "入院などで医療費が高額になるときも、限度額適用認定証を申請せずにすみます。",
                "就職や転職のときも、切り替えを待たずにお使いになれます（届出と登録は必要です）。",
                "お薬や診療の情報を医師・薬剤師と共有でき、飲み合わせや重複を防げます。",
                "医療費通知をマイナポータルで受け取れ、確定申告の医療費控除が簡単になります。",
            ),
            when(
                "senior",
                box_items("70歳以上の方も、高齢受給者証をお持ちいただく必要がありません。"),
            ),
        ],
    )
