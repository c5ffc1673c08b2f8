"""資格確認書の交付申請: the guide with its seven reasons, and the form (domain.md §3.5)."""

from dataclasses import replace

from shikaku.letters.design.blocks import (
    A4,
    ACCENT,
    TINT,
    TableCell,
    TableRow,
    border,
    either,
    gap,
    next_page,
    p,
    table,
    when,
)
from shikaku.letters.design.package import document
from shikaku.letters.design.parts import (
    GRID,
    WIDTH,
    contact,
    ijo,
    items,
    ki,
    letterhead,
    title,
    to_member,
)

_REASONS = (
    ("A", "紛失", "マイナンバーカードをなくし、手元にない。"),
    ("B", "更新手続き中", "マイナンバーカードの更新・再発行を待っている。"),
    ("C", "電子証明書の期限切れ", "電子証明書の有効期限が切れ、マイナ保険証として使えない。"),
    ("D", "利用登録をしていない", "カードはあるが、健康保険証としての利用登録をしていない。"),
    ("E", "カードを作っていない", "マイナンバーカードの交付を受けていない。"),
    ("F", "カードを返納した", "マイナンバーカードを市区町村に返納した、または返納する予定である。"),
    (
        "G",
        "第三者のサポートが必要",
        "介助者などの付き添いなしにマイナ保険証で受診することが難しい。",
    ),
)


def application_guide() -> bytes:
    """資格確認書交付申請のご案内: the seven reasons, and the form filled in as far as we can."""
    body = (
        letterhead()
        + title("資格確認書の交付申請のご案内")
        + to_member(
            "さて、{{ person_name }} 様は、**申請により資格確認書の交付を受けることができます。**"
            "マイナ保険証をお使いになれない間の受診に必要ですので、次ページの申請書に記入し、"
            "**{{ reply_by }}まで**に{{ reply_to }}へご提出ください。"
        )
        + ki()
        + p("１　申請できるのは、次のいずれかに当てはまる方です", style="LetterHeading")
        + gap(2)
        + _reasons()
        + gap(8)
        + p("２　申請から受け取りまで", style="LetterHeading")
        + either(
            "direct",
            [items("申請書は当組合へ直接お送りください。資格確認書はご自宅へお送りします。")],
            [
                items(
                    "申請書はお勤め先を通してご提出ください。資格確認書もお勤め先を通してお渡しします。"
                )
            ],
        )
        + items("お急ぎのときは、申請書の「その他」の欄に受診のご予定日をお書きください。")
        + gap(4)
        + p("３　ご注意", style="LetterHeading")
        + items(
            "マイナ保険証をお使いになれる方には交付できません。申請の後に利用登録をされた方は、お知らせください。",
            "交付された資格確認書は、有効期限内に資格を失ったときに返納していただきます。",
        )
        + ijo()
        + contact()
        + next_page()
        + _application_form()
    )
    return document("資格確認書の交付申請のご案内", body, A4)


def _reasons() -> str:
    """The seven reasons."""
    return table(
        [10, 48, WIDTH - 58],
        [
            TableRow(
                [
                    TableCell(code, style="CellHead", fill=TINT),
                    TableCell(f"**{name}**"),
                    TableCell(text, style="CellSmall"),
                ],
                height=7.2,
            )
            for code, name, text in _REASONS
        ],
        borders=GRID,
    )


def _application_form() -> str:
    """Items of 健保則47条1項: day, applicant, person, reason, other."""

    return (
        gap(10)
        + p("健康保険　資格確認書 交付申請書", style="FormTitle")
        + gap(6)
        + p("{{ insurer_name }}　御中", style="LetterPlain")
        + p("申請日　令和　　　年　　　月　　　日", style="LetterRight")
        + gap(6)
        + _application_table()
        + gap(6)
        + p("・この申請書に個人番号（マイナンバー）を書く必要はありません。", style="LetterNote")
        + p(
            "・マイナ保険証をお使いになれることが確認できたときは、交付できないことがあります。",
            style="LetterNote",
        )
        + when("not direct", gap(10), _employer_box(), gap(1))
        + gap(1)
    )


def _head(text: str) -> TableCell:
    return TableCell(text, style="CellHead", fill=TINT)


def _line(height: float, label: str, value: TableCell) -> TableRow:
    """A label and a value over the rest of the width."""
    return TableRow([_head(label), replace(value, span=3)], height=height)


def _two(height: float, *pairs: tuple[str, TableCell]) -> TableRow:
    """Two labels with their values."""
    cells = [cell for label, value in pairs for cell in (_head(label), value)]
    return TableRow(cells, height=height)


def _application_table() -> str:
    """Who applies, for whom, why."""
    return table(
        [43, 50, 26, WIDTH - 119],
        [
            _line(10, "被保険者等記号・番号", TableCell("記号 {{ symbol }}　番号 {{ number }}")),
            _line(12, "申請者（被保険者）の氏名", TableCell("{{ insured_name }}", style="CellBig")),
            _line(15, "申請者の住所", TableCell("〒", style="Cell", valign="top")),
            _two(
                10,
                ("電話番号", TableCell("")),
                ("お勤め先", TableCell("{{ employer_name }}", style="CellSmall")),
            ),
            _two(
                12,
                ("交付を受ける方の氏名", TableCell("{{ person_name }}", style="CellBig")),
                ("枝番・続柄", TableCell("{{ branch }}　{{ relationship }}")),
            ),
            _line(10, "生年月日", TableCell("{{ birth }}")),
            _line(48, "申請の理由", _ticks()),
            _line(
                16,
                "その他",
                TableCell("□　急ぎ（受診予定日　　　月　　　日）", style="CellSmall", valign="top"),
            ),
        ],
        borders={
            **GRID,
            **dict.fromkeys(("top", "bottom", "left", "right"), border(points=1, color=ACCENT)),
        },
    )


def _ticks() -> TableCell:
    """The seven reasons, to tick."""
    ticks = [p(f"□　{code}　{name}", style="FormTick") for code, name, _ in _REASONS]
    asked = p("当てはまるもの一つの□に印を付けてください。", style="CellSmall")
    return TableCell([asked, *ticks], margins=(1.5, 3, 1.5, 2))


def _employer_box() -> str:
    """Where the employer countersigns."""
    return table(
        [43, WIDTH - 43],
        [
            TableRow(
                [
                    _head("事業主記入欄"),
                    TableCell(
                        [
                            p(
                                "上記の申請を確認しました。　令和　　　年　　　月　　　日",
                                style="CellSmall",
                            ),
                            gap(6),
                            p("事業所名称・担当者", style="CellSmall"),
                        ],
                        valign="top",
                        margins=(1.5, 3, 1.5, 2),
                    ),
                ],
                height=22,
            )
        ],
        borders=GRID,
    )
