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
from shikaku.letters.design.parts import (
    WIDTH,
    box_items,
    items,
    letterhead,
    numbered,
    title,
    to_member,
)

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
    purpose = (
        "さて、健康保険組合に登録されている {{ person_name }} 様の資格情報をお知らせいたします。"
    )
    if digits:
        purpose += (
            "あわせて**登録されている個人番号（マイナンバー）の下4桁**を表示しておりますので、"
            "お手元の番号と同じであることをご確認ください。"
        )
        wrong = (
            "下4桁がお手元の番号と異なるとき、または「未登録」とあるときは、"
            "{{ correction_to }}へお申し出ください。番号全体を書いて送る必要はありません。"
        )
    else:
        purpose += "下のカードを切り取り、マイナンバーカードとともに携帯してください。"
        wrong = "氏名・生年月日などに誤りがあるときは、{{ correction_to }}へお申し出ください。"
    return (
        title("資格情報のお知らせ")
        + to_member(purpose)
        + gap(2)
        + p("このお知らせの使いみち", style="LetterHeading")
        + numbered(
            "１．**医療機関・薬局で**　機器の不具合などでマイナ保険証を読み取れないときに、"
            "マイナンバーカードとこのお知らせの両方をご提示ください。",
            "２．**給付金などの申請・お問い合わせで**　記号・番号の確認にお使いください。"
            "マイナポータルの健康保険証の画面でも確認できます。",
        )
        + gap(4)
        + p("ご注意", style="LetterHeading")
        + items(
            "**このお知らせだけでは受診できません。**受診にはマイナ保険証または資格確認書が必要です"
            "{% if old_card_until %}（被保険者証をお持ちの場合は、{{ old_card_until }}まで使えます）{% endif %}。",
            "資格を失った後も、このお知らせを返納していただく必要はありません。"
            "ご自身で裁断して破棄してください。",
            wrong,
        )
        + when(
            "senior",
            items("70歳以上の方も、マイナ保険証なら高齢受給者証をお持ちいただく必要がありません。"),
        )
    )


def _card_and_notes(digits: bool) -> str:
    """The card between its cut marks, and what stands beside it."""
    width, height = CARD
    gutter = 5.0
    face = TableCell(
        [_card(digits)],
        borders=box(border("dashed", 0.5, "808080")),
        margins=(2.2, 3, 0, 3),
        valign="top",
    )
    beside = TableCell(_notes(), merge="restart", valign="center")
    below = TableCell("", merge="continue", valign="center")
    rows = [
        ([_corner("bottom", "right"), _empty(), _corner("bottom", "left")], beside, _MARK),
        ([_empty(), face, _empty()], below, height),
        ([_corner("top", "right"), _empty(), _corner("top", "left")], below, _MARK),
    ]
    return table(
        [_MARK, width, _MARK, gutter, WIDTH - width - 2 * _MARK - gutter],
        [
            TableRow([*cells, _empty(), note], height=row_height, exact=True)
            for cells, note, row_height in rows
        ],
        margins=(0, 0, 0, 0),
    )


def _empty() -> TableCell:
    return TableCell("", style="CardNote")


def _corner(*sides: str) -> TableCell:
    """A cut mark: two sides of a cell at the card's corner."""
    mark = border(points=0.5, color="404040")
    return TableCell("", style="CardNote", borders=dict.fromkeys(sides, mark))


def _notes() -> list[str]:
    """Beside the card: how it is cut out, and who answers questions."""
    return [
        p("切り取ってお使いください", style="BoxHeading"),
        box_items(
            "点線に沿って切り取ると、マイナンバーカードと同じ大きさになります。",
            "転職や扶養の異動で資格が変わったときは、新しいお知らせに替えてください。",
        ),
        gap(6),
        p("お問い合わせ先", style="BoxHeading"),
        p("{{ insurer_name }}", style="BoxText"),
        when("insurer_phone", p("電話 {{ insurer_phone }}", style="BoxText")),
        p("文書番号 {{ document_no }}", style="BoxText"),
    ]


def _card(digits: bool) -> str:
    """The card's face: exact rows, 51 mm of the 54."""
    strong = {"bottom": border(points=1, color=ACCENT)}
    head = [
        TableCell("資格情報のお知らせ", style="CardTitle", span=4, borders=strong),
        TableCell("{{ member_kind }}", style="CardTag", span=2, borders=strong),
    ]
    last = ("個人番号の下4桁", "{{ last_four }}") if digits else ("性別", "{{ sex }}")
    foot = "マイナ保険証とともにご提示ください。このカードだけでは受診できません。"
    return table(
        [13.2] * 6,
        [
            _exact(head, 6.5),
            _exact(
                [
                    _field("記号", "{{ symbol }}", 2),
                    _field("番号", "{{ number }}", 2),
                    _field("枝番", "{{ branch }}", 2),
                ]
            ),
            _name_row(),
            _exact(
                [
                    _field("生年月日", "{{ birth }}", 3),
                    _field("資格取得年月日", "{{ acquired }}", 3),
                ]
            ),
            _exact([_field(*last, 2), _field("一部負担金の割合（70歳以上）", "{{ burden }}", 4)]),
            _insurer_row(),
            _exact([TableCell(foot, style="CardNote", span=6)], 5),
        ],
        margins=(0, 0.8, 0, 0.4),
    )


def _exact(cells: list[TableCell], height: float = 7.1) -> TableRow:
    return TableRow(cells, height=height, exact=True)


_THIN = border(points=0.5, color=LINE)


def _field(label: str, value: str, span: int) -> TableCell:
    content = [p(label, style="CardLabel"), p(value, style="CardText")]
    return TableCell(content, span=span, borders={"bottom": _THIN})


def _name_row() -> TableRow:
    """氏名 with its kana; long ones in smaller type."""
    name = [
        p(run("氏名　"), fit("kana", "LongLabel"), style="CardLabel"),
        fitted("person_name", "CardName", "CardNameLong"),
    ]
    return _exact([TableCell(name, span=6, borders={"bottom": _THIN})], 8.9)


def _insurer_row() -> TableRow:
    """保険者番号 and 保険者名."""
    name = [
        p("保険者名", style="CardLabel"),
        fitted("insurer_name", "CardText", "CardTextLong"),
    ]
    return _exact(
        [
            _field("保険者番号", "{{ insurer_number }}", 2),
            TableCell(name, span=4, borders={"bottom": _THIN}),
        ]
    )
