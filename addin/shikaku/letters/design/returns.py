"""返納のお願い, 督促, 最終通知 and the draft of the 回収不能届."""

from shikaku.letters.design.blocks import A4_LIST, either, gap, p, when
from shikaku.letters.design.employers import list_table
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import boxed, ijo, ki, letterhead, questions, title


def _cases() -> str:
    """The documents to be returned, a row each."""
    return list_table(
        [
            ("管理番号", 19, "{{ case.control_no }}", "CellSmallCentre"),
            ("書類", 21, "{{ case.document }}", "CellSmallCentre"),
            ("記号-番号-枝番", 28, "{{ case.record }}", "CellSmallCentre"),
            ("氏名", 0, "{{ case.name }}", "Cell"),
            ("資格喪失日", 28, "{{ case.lost }}", "CellSmallCentre"),
            ("返納期限", 37, "{{ case.due }}", "CellSmallCentre"),
        ],
        "case in cases",
    )


def _where() -> str:
    return boxed(
        "返納の方法とお問い合わせ先",
        [
            either(
                "to_employer",
                [
                    p(
                        "・資格喪失届（被扶養者の方は被扶養者異動届）に添えて、下記までお送りください。"
                        "届出がお済みのときは書類だけをお送りください。",
                        style="BoxItem",
                    ),
                    p(
                        "・回収できない方は、届書の「返不能」の枚数と理由をご記入ください"
                        "（健康保険法施行規則第51条第3項）。",
                        style="BoxItem",
                    ),
                ],
                [
                    either(
                        "direct",
                        [
                            p(
                                "・下記の当組合あてに、直接お送りください。"
                                "配達の記録が残る方法をお勧めします。",
                                style="BoxItem",
                            )
                        ],
                        [
                            p(
                                "・お勤め先（お勤めだった事業所）の健康保険事務担当者へお渡しください。"
                                "お渡しが難しいときは、下記の当組合あてにお送りください。",
                                style="BoxItem",
                            )
                        ],
                    ),
                    p(
                        "・紛失されたときは、その旨を下記へご連絡ください。"
                        "後日見つかったときは、お使いにならずにご返納ください。",
                        style="BoxItem",
                    ),
                ],
            ),
            p(
                "・**返納先　{{ insurer_postal }} {{ insurer_address }}　{{ insurer_name }}**",
                style="BoxItem",
            ),
            when(
                "insurer_phone",
                p(
                    "・お問い合わせ　電話 {{ insurer_phone }}"
                    "（文書番号 {{ document_no }} をお知らせください）",
                    style="BoxItem",
                ),
            ),
        ],
        strong=True,
    )


def _myths(heading: str) -> str:
    """What people believe, and what holds (domain.md §6)."""
    return questions(
        heading,
        [
            (
                "「新しい保険証が届くまで使える」",
                "資格喪失日からは使えません。手続き中の受診では、窓口でその旨をお伝えください。"
                "いったん全額をお支払いになっても、後日新しい保険で精算できます。",
            ),
            (
                "「月末までは使える」",
                "保険料は月を単位にしますが、資格は資格喪失日の午前0時に失われます。",
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


def _mourning() -> str:
    """To the family of someone who has died: no pressure, no list of misbeliefs (51条5項)."""
    return (
        p(
            "{{ deceased }} 様のご逝去の報に接し、謹んでお悔やみ申し上げます。",
            style="LetterBody",
        )
        + p(
            "お取り込みのところ誠に恐縮に存じますが、お手元に残っております下記の書類は、"
            "埋葬料（埋葬費）を申請される際に、あわせてご返納くださいますようお願い申し上げます"
            "（健康保険法施行規則第51条第5項）。見当たらないときは、その旨をお知らせいただければ結構です。",
            style="LetterBody",
        )
        + p(
            "ご不明の点は、どうぞご遠慮なく下記までお尋ねください。",
            style="LetterBody",
        )
    )


def _to_employer(*text: str) -> list[str]:
    return [
        p("拝啓　貴社ますますご清栄のこととお慶び申し上げます。", style="LetterPlain"),
        *(p(line, style="LetterBody") for line in text),
        p("敬具", style="LetterRight"),
    ]


def _to_member(*text: str) -> list[str]:
    return [
        p("拝啓　時下ますますご清祥のこととお慶び申し上げます。", style="LetterPlain"),
        *(p(line, style="LetterBody") for line in text),
        p("敬具", style="LetterRight"),
    ]


def _letter(name: str, employer: list[str], member: list[str], otherwise: str) -> bytes:
    """A stage's letter: to an employer, to a member, or to a family."""
    body = (
        letterhead()
        + either(
            "bereaved",
            [title("{{ document }}のご返納について"), _mourning()],
            [title(name), either("to_employer", employer, member)],
        )
        + ki()
        + _cases()
        + gap(7)
        + _where()
        + when(
            "not bereaved",
            gap(6),
            either(
                "to_employer",
                [_myths("ご本人からよくあるお尋ねと、お答えの例")],
                [_myths("よくある思い違い")],
            ),
            gap(5),
            p(otherwise, style="LetterNote"),
        )
        + ijo()
    )
    return document(name, body, A4_LIST)


def return_request() -> bytes:
    """The first request: friendly, with all that is needed to do it."""
    return _letter(
        "{{ document }}のご返納のお願い",
        _to_employer(
            "平素より当組合の事業運営に格別のご協力を賜り、厚く御礼申し上げます。",
            "さて、下記の方の{{ document }}は、資格喪失にともない返納が必要です。"
            "お手数ですが、ご本人から回収のうえ、**返納期限まで**にご返納くださいますよう"
            "お願い申し上げます。",
        ),
        _to_member(
            "さて、下記の{{ document }}は、資格喪失にともない返納していただく必要があります。"
            "お手数ですが、**返納期限まで**にご返納くださいますようお願い申し上げます。",
        ),
        "※資格喪失日以後に使われた場合は、当組合が負担した医療費をお返しいただくことになります"
        "（健康保険法第58条、民法第703条）。",
    )
