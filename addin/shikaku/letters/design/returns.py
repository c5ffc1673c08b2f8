"""返納のお願い, 督促, 最終通知 and the draft of the 回収不能届."""

from shikaku.letters.design.blocks import (
    A4,
    A4_LIST,
    TINT,
    TableCell,
    TableRow,
    barcode,
    either,
    gap,
    p,
    table,
    when,
)
from shikaku.letters.design.employers import list_table
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    GRID,
    THANKS,
    WIDTH,
    box_items,
    boxed,
    ijo,
    ki,
    letterhead,
    questions,
    return_to,
    signature,
    title,
    to_employer,
    to_member,
    together,
)

NUMBER = p("{{ case.control_no }}", style="CellSmallCentre") + when(
    "barcode", barcode("case.control_no")
)
"""管理番号, and its QR code where the setting asks for it."""


def _cases(late: bool) -> str:
    """The documents to be returned, a row each; ``late`` adds the days past the limit."""
    columns = [
        ("管理番号", 16, NUMBER, "CellSmallCentre"),
        ("書類", 20, "{{ case.document }}", "CellSmallCentre"),
        ("記号-番号-枝番", 26, "{{ case.record }}", "CellSmallCentre"),
        ("氏名", 0, "{{ case.name }}", "Cell"),
        ("資格喪失日", 30, "{{ case.lost }}", "CellSmallCentre"),
        _DUE,
    ]
    if late:
        columns.append(("経過", 12, "{{ case.overdue }}", "CellSmallCentre"))
    return list_table(columns, "case in cases")


_DUE = ("返納期限", 37, "{{ case.due }}", "CellSmallCentre")


def _others() -> str:
    """What was asked for before and is still out, so that a letter lists all that is open."""
    columns = [
        ("管理番号", 16, NUMBER, "CellSmallCentre"),
        ("書類", 20, "{{ case.document }}", "CellSmallCentre"),
        ("記号-番号-枝番", 26, "{{ case.record }}", "CellSmallCentre"),
        ("氏名", 0, "{{ case.name }}", "Cell"),
        _DUE,
        ("前回のお願い", 30, "{{ case.asked }}", "CellSmallCentre"),
    ]
    heading = p("このほか、次の書類のご返納をお待ちしています。", style="LetterPlain")
    return when("others", gap(6), heading, gap(2), list_table(columns, "case in others"))


def _where() -> str:
    directly = box_items(
        "下記の当組合あてに、直接お送りください。配達の記録が残る方法をお勧めします。"
    )
    over_employer = box_items(
        "お勤め先（お勤めだった事業所）の健康保険事務担当者へお渡しください。"
        "難しいときは、下記の当組合あてにお送りください。"
    )
    employer = box_items(
        "資格喪失届（被扶養者の方は被扶養者異動届）に添えて、下記までお送りください。"
        "届出がお済みのときは書類だけをお送りください。",
        "回収できない分は、届書に「返不能」の枚数と理由をご記入ください（施行規則第51条第3項）。",
    )
    member = either("direct", [directly], [over_employer]) + box_items(
        "紛失されたときは下記へご連絡ください。後日見つかったら、使わずにご返納ください。"
    )
    content = [either("to_employer", [employer], [member]), return_to()]
    return boxed("返納の方法とお問い合わせ先", content, strong=True)


def _myths(heading: str) -> str:
    """What people believe, and what holds (domain.md §6)."""
    return questions(
        heading,
        [
            (
                "「新しい保険証が届くまで使える」",
                "資格喪失日からは使えません。手続き中の受診は、いったん全額を支払い、"
                "後日新しい保険で精算できます。",
            ),
            (
                "「月末までは使える」",
                "保険料は月単位ですが、資格は喪失日の午前0時に失われます。",
            ),
            (
                "「会社から何も言われていない」",
                "案内の有無にかかわらず、資格を失った日から5日以内に返納する義務があります"
                "（健康保険法施行規則第51条）。",
            ),
            (
                "「返納は不要になったと聞いた」",
                "返納が不要になったのは、令和7年12月2日以降に資格を失った方の被保険者証です。"
                "上の表の書類は返納が必要です。",
            ),
        ],
    )


def _mourning(late: bool) -> str:
    """About someone who has died: no pressure, no list of misbeliefs. The family of an insured
    returns the card with its claim (51条5項), a dependant's comes with the 異動届."""
    reminder = "先にお願い申し上げました {{ deceased }} 様の下記の書類は、まだご返納を確認できておりません。"
    when_to = (
        "{% if family %}埋葬料（埋葬費）を申請される際に、あわせてご返納くださいますようお願い申し上げます"
        "（健康保険法施行規則第51条第5項）。{% else %}被扶養者異動届に添えて、または家族埋葬料を申請される際に"
        "ご返納くださいますようお願い申し上げます。{% endif %}"
        "見当たらないときは、その旨をお知らせいただければ結構です。"
    )
    first = (
        reminder if late else "{{ deceased }} 様のご逝去の報に接し、謹んでお悔やみ申し上げます。"
    )
    which = "" if late else "お手元に残っております下記の書類は、"
    return (
        p(first, style="LetterBody")
        + p(f"お取り込みのところ誠に恐縮に存じますが、{which}{when_to}", style="LetterBody")
        + p("ご不明の点は、どうぞご遠慮なく下記までお尋ねください。", style="LetterBody")
    )


def _letter(name: str, employer: str, member: str, otherwise: str, *, late: bool = False) -> bytes:
    """A stage's letter: to an employer, to a member, or to a family."""
    body = (
        letterhead()
        + either(
            "bereaved",
            [title("{{ document }}のご返納について"), _mourning(late)],
            [title(name), either("to_employer", [employer], [member])],
        )
        + ki()
        + _cases(late)
        + _others()
        + when(
            "maybe",
            gap(2),
            p(
                "※「お持ちの場合」とある被保険者証は、お持ちかどうかがこちらでは分からないものです。"
                "お持ちでないときは、その旨をお知らせください。",
                style="LetterNote",
            ),
        )
        + gap(7)
        + _where()
        + gap(6)
        + together(
            when(
                "not bereaved",
                either(
                    "to_employer",
                    [_myths("ご本人からよくあるお尋ねと、お答えの例")],
                    [_myths("よくある思い違い")],
                ),
                gap(5),
                p(otherwise, style="LetterNote"),
            ),
            ijo(),
        )
    )
    return document(name, body, A4_LIST)


def return_request() -> bytes:
    """The first request: friendly, with all that is needed to do it. Before the loss it says what
    is to come; after the limit (a loss heard of late) it gives a day that can be kept."""
    by = (
        "**返納期限まで**に{% if past_due %}（期限を過ぎているものは**{{ reply_by }}まで**に）{% endif %}"
        "ご返納くださいますようお願い申し上げます。"
    )
    return _letter(
        "{{ document }}のご返納のお願い{% if before_loss %}（事前のご案内）{% endif %}",
        to_employer(
            THANKS,
            "{% if before_loss %}さて、下記の方は、近く資格を喪失されると承りました。資格喪失日からは"
            "{{ document }}をお使いいただけず、返納が必要です。お手数ですが、退職される日などに"
            "{% else %}さて、下記の方の{{ document }}は、資格喪失にともない返納が必要です。お手数ですが、"
            "{% endif %}ご本人から回収のうえ、" + by,
        ),
        to_member(
            "さて、下記の{{ document }}は、{% if before_loss %}資格喪失日からお使いいただけなくなり、"
            "{% else %}資格喪失にともない{% endif %}返納していただく必要があります。お手数ですが、"
            + by,
        ),
        "※資格喪失日以後に使われた場合は、当組合が負担した医療費をお返しいただくことになります"
        "（健康保険法第58条、民法第703条）。",
    )


def return_reminder() -> bytes:
    """督促: firm, with a new day and room for letters that crossed."""
    crossed = "なお、本状と行き違いにご返納いただいておりましたら、何とぞご容赦ください。"
    return _letter(
        "{{ document }}のご返納について（督促）",
        to_employer(
            "さて、先にご返納をお願いいたしました下記の方の{{ document }}は、返納期限を過ぎましたが、"
            "本日現在、ご返納を確認できておりません。**{{ reply_by }}まで**に、"
            "ご返納または回収の見通しのご連絡をお願い申し上げます。",
            crossed,
        ),
        to_member(
            "さて、先にご返納をお願いいたしました下記の{{ document }}は、返納期限を過ぎましたが、"
            "本日現在、ご返納を確認できておりません。**{{ reply_by }}まで**に"
            "ご返納くださいますよう、重ねてお願い申し上げます。",
            crossed,
        ),
        "※資格喪失日以後に使われた場合は、当組合が負担した医療費（総医療費の7割から9割）を、"
        "後日お返しいただくことになります（健康保険法第58条、民法第703条）。",
        late=True,
    )


def return_final() -> bytes:
    """最終通知: what happens when nothing comes back, without a threat."""
    asked = "{% if repeatedly %}再三{% else %}重ねて{% endif %}お願いを申し上げましたが、"
    return _letter(
        "{{ document }}のご返納について（最終のご通知）",
        to_employer(
            "さて、下記の方の{{ document }}につきましては、"
            + asked
            + "本日現在、ご返納を確認できておりません。本状をもって最後のご通知といたしますので、"
            "**{{ reply_by }}まで**にご返納ください。",
            "ご返納いただけないときは、**回収不能届**に督促の経過と理由を記入し、"
            "ご提出くださいますようお願い申し上げます。",
        ),
        to_member(
            "さて、下記の{{ document }}につきましては、"
            + asked
            + "本日現在、ご返納を確認できておりません。本状をもって最後のご通知といたしますので、"
            "**{{ reply_by }}まで**に必ずご返納ください。",
            "返納は法令に定められた義務です（健康保険法施行規則第51条）。"
            "お手元にないときも、その旨を必ずご連絡ください。",
        ),
        "※期限までにご返納もご連絡もないときは、回収不能として処理し、使用を差し止めます。"
        "資格喪失日以後の受診が判明したときは、当組合が負担した医療費（総医療費の7割から9割）の"
        "返還を請求いたします（健康保険法第58条、民法第703条）。",
        late=True,
    )


_LOSS_REASONS = (
    "□　本人と連絡がとれない（転居先不明を含む）",
    "□　本人が紛失した（警察への届出：□ 済　□ 未）",
    "□　本人が返納に応じない",
    "□　海外へ転出した",
    "□　本人が死亡し、家族の手元にも見当たらない",
    "□　その他（　　　　　　　　　　　　　　　　　　　　　　　　　　　）",
)


def return_loss() -> bytes:
    """回収不能届: a draft with the record of reminders (domain.md §2.6)."""

    body = (
        p(
            "【下書き】内容をお確かめのうえ、資格喪失届・被扶養者異動届に添えてご提出ください。",
            style="LetterNote",
        )
        + gap(4)
        + p("{{ document }} 回収不能届", style="FormTitle")
        + gap(4)
        + p("令和　　　年　　　月　　　日", style="LetterRight")
        + p("{{ insurer_name }}　御中", style="LetterPlain")
        + gap(4)
        + signature(
            [WIDTH - 96, 26, 70],
            [
                ("届出者の住所", "{{ reporter_address }}"),
                ("名称・氏名", "{{ reporter_name }}"),
                ("担当者・電話", "{{ reporter_contact }}"),
            ],
        )
        + gap(8)
        + p(
            "下記のとおり、返納すべき{{ document }}を回収できませんので届け出ます。"
            "後日見つかったときは、使用せず直ちに返納します。",
            style="LetterBody",
        )
        + gap(6)
        + _loss_facts()
        + gap(6)
        + _loss_reasons()
        + gap(6)
        + p(
            "根拠：健康保険法施行規則第51条第3項（返納できないときは、その理由を届書に記載する）",
            style="LetterNote",
        )
        + gap(8)
        + p("督促の記録", style="LetterHeading")
        + gap(2)
        + list_table(
            [
                ("回", 12, "{{ row.no }}", "CellCentre"),
                ("発行日", 46, "{{ row.date }}", "CellSmallCentre"),
                ("文書", 0, "{{ row.letter }}", "Cell"),
                ("宛先", 52, "{{ row.addressee }}", "CellSmall"),
            ],
            "row in reminders",
        )
        + when("not reminders", p("（発行履歴に督促の記録がありません。）", style="LetterNote"))
        + gap(1)
    )
    return document("回収不能届", body, A4)


def _head(text: str) -> TableCell:
    return TableCell(text, style="CellHead", fill=TINT)


def _loss_facts() -> str:
    """The document, its holder, its days."""
    return table(
        [34, 49, 34, WIDTH - 117],
        [
            TableRow(
                [
                    _head("管理番号"),
                    TableCell("{{ control_no }}"),
                    _head("書類"),
                    TableCell("{{ document }}"),
                ],
                9,
            ),
            TableRow(
                [
                    _head("記号・番号・枝番"),
                    TableCell("{{ record_text }}", style="CellSmall"),
                    _head("区分"),
                    TableCell("{{ member_kind }}"),
                ],
                9,
            ),
            TableRow([_head("氏名"), TableCell("{{ person_name }}", style="CellBig", span=3)], 12),
            TableRow(
                [
                    _head("交付年月日"),
                    TableCell("{{ issued }}"),
                    _head("有効期限"),
                    TableCell("{{ expiry }}"),
                ],
                9,
            ),
            TableRow(
                [
                    _head("資格喪失年月日"),
                    TableCell("{{ lost }}"),
                    _head("返納期限"),
                    TableCell("{{ due }}"),
                ],
                9,
            ),
        ],
        borders=GRID,
    )


def _loss_reasons() -> str:
    """What may be ticked, and what the filing says."""
    return table(
        [34, WIDTH - 34],
        [
            TableRow(
                [
                    _head("回収できない理由"),
                    TableCell(
                        [p(line, style="FormTick") for line in _LOSS_REASONS]
                        + [
                            when("reason", p("届書に記入の理由：{{ reason }}", style="CellSmall")),
                            when("remarks", p("備考：{{ remarks }}", style="CellSmall")),
                        ],
                        margins=(1.2, 3, 1.2, 2),
                    ),
                ]
            )
        ],
        borders=GRID,
    )
