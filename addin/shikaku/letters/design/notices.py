"""資格情報のお知らせ: an A4 letter whose lower third carries the card to cut out (R11–R18)."""

from shikaku.letters.design.blocks import (
    A4,
    ACCENT,
    LINE,
    TableCell,
    TableRow,
    border,
    box,
    fit,
    fitted,
    gap,
    p,
    run,
    table,
    when,
)
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import WIDTH, letterhead, title

CARD = (85.6, 54.0)  # millimetres, ISO/IEC 7810 ID-1
_MARK = 4.0  # length of a cut mark
_TEXT_HEIGHT = 136.0  # from the letterhead to the lower fold of the sheet


def notice() -> bytes:
    """Without the last four digits (R8, R13, R14)."""
    return _notice(digits=False)


def notice_digits() -> bytes:
    """With the last four digits, once for ever (R10, R15)."""
    return _notice(digits=True)


def _notice(digits: bool) -> bytes:
    page = table(
        [WIDTH],
        [TableRow([TableCell([_text(digits)], valign="top")], height=_TEXT_HEIGHT, exact=True)],
        margins=(0, 0, 0, 0),
    )
    body = letterhead() + page + _card_and_notes(digits) + gap(1)
    return document("資格情報のお知らせ", body, A4)


def _text(digits: bool) -> str:
    if digits:
        purpose = (
            "さて、健康保険組合に登録されている {{ person_name }} 様の資格情報をお知らせいたします。"
            "あわせて**登録されている個人番号（マイナンバー）の下4桁**を表示しておりますので、"
            "お手元の番号と同じであることをご確認ください。"
        )
    else:
        purpose = (
            "さて、健康保険組合に登録されている {{ person_name }} 様の資格情報をお知らせいたします。"
            "下のカードを切り取り、マイナンバーカードとともに携帯してください。"
        )
    return (
        title("資格情報のお知らせ")
        + p("拝啓　時下ますますご清祥のこととお慶び申し上げます。", style="LetterPlain")
        + p(purpose, style="LetterBody")
        + p("敬具", style="LetterRight")
        + gap(2)
        + p("このお知らせの使いみち", style="LetterHeading")
        + p(
            "１．**医療機関・薬局で**　機器の不具合などでマイナ保険証を読み取れないときに、"
            "マイナンバーカードとこのお知らせの両方をご提示ください。",
            style="LetterNumbered",
        )
        + p(
            "２．**給付金などの申請・お問い合わせで**　記号・番号の確認にお使いください。"
            "マイナポータルの健康保険証の画面でも確認できます。",
            style="LetterNumbered",
        )
        + gap(4)
        + p("ご注意", style="LetterHeading")
        + p(
            "・**このお知らせだけでは受診できません。**受診にはマイナ保険証または資格確認書が必要です"
            "{% if old_card_until %}（被保険者証をお持ちの場合は、{{ old_card_until }}まで使えます）{% endif %}。",
            style="LetterItem",
        )
        + p(
            "・資格を失った後も、このお知らせを返納していただく必要はありません。"
            "ご自身で裁断して破棄してください。",
            style="LetterItem",
        )
        + (
            p(
                "・下4桁がお手元の番号と異なるとき、または「未登録」とあるときは、"
                "{{ correction_to }}へお申し出ください。番号全体を書いて送る必要はありません。",
                style="LetterItem",
            )
            if digits
            else p(
                "・氏名・生年月日などに誤りがあるときは、{{ correction_to }}へお申し出ください。",
                style="LetterItem",
            )
        )
        + when(
            "senior",
            p(
                "・70歳以上の方も、マイナ保険証なら高齢受給者証をお持ちいただく必要がありません。",
                style="LetterItem",
            ),
        )
    )


def _card_and_notes(digits: bool) -> str:
    """The card between its cut marks, and what stands beside it."""
    mark = border(points=0.5, color="404040")
    cut = border("dashed", 0.5, "808080")
    width, height = CARD
    gutter = 5.0
    rest = WIDTH - width - 2 * _MARK - gutter
    notes = [
        p("切り取ってお使いください", style="BoxHeading"),
        p(
            "・点線に沿って切り取ると、マイナンバーカードと同じ大きさになります。",
            style="BoxItem",
        ),
        p(
            "・転職や扶養の異動で資格が変わったときは、新しいお知らせに替えてください。",
            style="BoxItem",
        ),
        gap(6),
        p("お問い合わせ先", style="BoxHeading"),
        p("{{ insurer_name }}", style="BoxText"),
        when("insurer_phone", p("電話 {{ insurer_phone }}", style="BoxText")),
        p("文書番号 {{ document_no }}", style="BoxText"),
    ]

    def beside(merge: str) -> list[TableCell]:
        content = notes if merge == "restart" else ""
        return [TableCell("", style="CardNote"), TableCell(content, merge=merge, valign="center")]

    def corner(*sides: str) -> TableCell:
        return TableCell("", style="CardNote", borders=dict.fromkeys(sides, mark))

    return table(
        [_MARK, width, _MARK, gutter, rest],
        [
            TableRow(
                [
                    corner("bottom", "right"),
                    TableCell("", style="CardNote"),
                    corner("bottom", "left"),
                ]
                + beside("restart"),
                height=_MARK,
                exact=True,
            ),
            TableRow(
                [
                    TableCell("", style="CardNote"),
                    TableCell(
                        [_card(digits)], borders=box(cut), margins=(2.2, 3, 0, 3), valign="top"
                    ),
                    TableCell("", style="CardNote"),
                ]
                + beside("continue"),
                height=height,
                exact=True,
            ),
            TableRow(
                [corner("top", "right"), TableCell("", style="CardNote"), corner("top", "left")]
                + beside("continue"),
                height=_MARK,
                exact=True,
            ),
        ],
        margins=(0, 0, 0, 0),
    )


def _card(digits: bool) -> str:
    """The card's face: exact rows, 51 mm of the 54."""
    strong = border(points=1, color=ACCENT)
    lower = (
        _field("個人番号の下4桁", "{{ last_four }}", 2)
        if digits
        else _field("性別", "{{ sex }}", 2)
    )
    return table(
        [13.2] * 6,
        [
            TableRow(
                [
                    TableCell(
                        "資格情報のお知らせ", style="CardTitle", span=4, borders={"bottom": strong}
                    ),
                    TableCell(
                        "{{ member_kind }}", style="CardTag", span=2, borders={"bottom": strong}
                    ),
                ],
                height=6.5,
                exact=True,
            ),
            TableRow(
                [
                    _field("記号", "{{ symbol }}", 2),
                    _field("番号", "{{ number }}", 2),
                    _field("枝番", "{{ branch }}", 2),
                ],
                height=7.1,
                exact=True,
            ),
            _name_row(),
            TableRow(
                [
                    _field("生年月日", "{{ birth }}", 3),
                    _field("資格取得年月日", "{{ acquired }}", 3),
                ],
                height=7.1,
                exact=True,
            ),
            TableRow(
                [lower, _field("一部負担金の割合（70歳以上）", "{{ burden }}", 4)],
                height=7.1,
                exact=True,
            ),
            _insurer_row(),
            TableRow(
                [
                    TableCell(
                        "マイナ保険証とともにご提示ください。このカードだけでは受診できません。",
                        style="CardNote",
                        span=6,
                    )
                ],
                height=5,
                exact=True,
            ),
        ],
        margins=(0, 0.8, 0, 0.4),
    )


_THIN = border(points=0.5, color=LINE)


def _field(label: str, value: str, span: int) -> TableCell:
    content = [p(label, style="CardLabel"), p(value, style="CardText")]
    return TableCell(content, span=span, borders={"bottom": _THIN})


def _name_row() -> TableRow:
    """氏名 with its kana; long ones in smaller type."""
    return TableRow(
        [
            TableCell(
                [
                    p(run("氏名　"), fit("kana", "LongLabel"), style="CardLabel"),
                    fitted("person_name", "CardName", "CardNameLong"),
                ],
                span=6,
                borders={"bottom": _THIN},
            )
        ],
        height=8.9,
        exact=True,
    )


def _insurer_row() -> TableRow:
    """保険者番号 and 保険者名."""
    return TableRow(
        [
            _field("保険者番号", "{{ insurer_number }}", 2),
            TableCell(
                [
                    p("保険者名", style="CardLabel"),
                    fitted("insurer_name", "CardText", "CardTextLong"),
                ],
                span=4,
                borders={"bottom": _THIN},
            ),
        ],
        height=7.1,
        exact=True,
    )
