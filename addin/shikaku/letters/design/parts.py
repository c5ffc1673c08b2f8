"""Blocks that several letters share: letterhead, facts, boxes, the contact at the foot."""

from collections.abc import Iterable, Sequence

from shikaku.letters.design.blocks import (
    A4,
    ACCENT,
    LINE,
    PALE,
    TINT,
    TableCell,
    TableRow,
    border,
    box,
    fit,
    fitted,
    gap,
    p,
    table,
    when,
)

WIDTH = A4.text_width
GRID = {**box(border()), "insideH": border(), "insideV": border()}
THANKS = "平素より当組合の事業運営に格別のご協力を賜り、厚く御礼申し上げます。"
"""To employers."""
RULES = {
    "top": border(points=1, color=ACCENT),
    "bottom": border(points=1, color=ACCENT),
    "insideH": border(points=0.5, color=LINE),
}


def letterhead() -> str:
    """Addressee for the window of a 長形3号 envelope (A4 in three), number, date and sender.

    The window shows at least 20–85 mm from the left and 12–36 mm from the top edge wherever the
    folded sheet lies in the envelope: the address stands there. Its row is exact, so that a long
    one can't push the title down.
    """
    addressee = [
        when("to_postal", p("{{ to_postal }}", style="AddressLine")),
        when("to_address1", fitted("to_address1", "AddressLine", "AddressLong")),
        when("to_address2", fitted("to_address2", "AddressLine", "AddressLong")),
        when("to_organisation", fitted("to_organisation", "AddressOrganisation", "AddressLong")),
        when("to_department", fitted("to_department", "AddressLine", "AddressLong")),
        p(fit("to_name", "LongName"), style="AddressName"),
    ]
    number_and_date = [
        p("{{ document_no }}", style="LetterMeta"),
        p("{{ date }}", style="LetterMeta"),
    ]
    sender = [
        p(fit("insurer_name", "LongName"), style="SenderName"),
        p("{{ insurer_postal }}", style="SenderLine"),
        p("{{ insurer_address }}", style="SenderLine"),
        when("insurer_phone", p("電話 {{ insurer_phone }}", style="SenderLine")),
    ]
    left, right = 88.0, WIDTH - 88.0
    return table(
        [left, right],
        [
            TableRow(
                [
                    TableCell(addressee, valign="top"),
                    TableCell(number_and_date, valign="top"),
                ],
                height=33,
                exact=True,
            ),
            TableRow(
                [
                    TableCell("", valign="top"),
                    TableCell(
                        sender,
                        valign="top",
                        borders={"left": border(points=2.25, color=ACCENT)},
                        margins=(1.4, 3, 0, 0),
                    ),
                ],
                height=22,
            ),
        ],
        margins=(0, 0, 0, 0),
    ) + gap(10)


def title(text: str) -> str:
    """The subject line."""
    return p(text, style="LetterTitle") + gap(8)


def dear_employer(*text: str) -> str:
    """The greeting of a letter to an employer, and its first paragraphs."""
    return _paragraphs("拝啓　貴社ますますご清栄のこととお慶び申し上げます。", *text)


def dear_member(*text: str) -> str:
    """The greeting of a letter to a member, and its first paragraphs."""
    return _paragraphs("拝啓　時下ますますご清祥のこととお慶び申し上げます。", *text)


def yours() -> str:
    """「敬具」."""
    return p("敬具", style="LetterRight")


def to_employer(*text: str) -> str:
    """「拝啓」 to 「敬具」, to an employer."""
    return dear_employer(*text) + yours()


def to_member(*text: str) -> str:
    """「拝啓」 to 「敬具」, to a member."""
    return dear_member(*text) + yours()


def _paragraphs(greeting: str, *text: str) -> str:
    return p(greeting, style="LetterPlain") + "".join(p(line, style="LetterBody") for line in text)


def numbered(*text: str) -> str:
    """Items under the 「記」, each with its own number."""
    return "".join(p(line, style="LetterNumbered") for line in text)


def items(*text: str) -> str:
    """Items below a heading."""
    return "".join(p(f"・{line}", style="LetterItem") for line in text)


def box_items(*text: str) -> str:
    """Items of a box."""
    return "".join(p(f"・{line}", style="BoxItem") for line in text)


def facts(rows: Sequence[tuple[str, str | Iterable[str]]], label_width: float = 38) -> str:
    """A table of label and value, ruled above and below."""
    return table(
        [label_width, WIDTH - label_width],
        [
            TableRow(
                [
                    TableCell(label, style="CellHead", fill=TINT),
                    TableCell(value if isinstance(value, str) else list(value)),
                ],
                height=7.2,
            )
            for label, value in rows
        ],
        borders=RULES,
    )


def boxed(heading: str, items: Iterable[str], *, strong: bool = False) -> str:
    """A tinted box with a heading; ``strong`` draws it in the accent colour."""
    line = border(points=1.25 if strong else 0.5, color=ACCENT if strong else LINE)
    return table(
        [WIDTH],
        [TableRow([TableCell([p(heading, style="BoxHeading"), *items], fill=PALE, valign="top")])],
        borders=box(line),
        margins=(1.2, 3, 1.5, 3),
    )


def questions(heading: str, pairs: Sequence[tuple[str, str]]) -> str:
    """A box of what people say and what holds."""
    last = len(pairs) - 1
    inner = border(points=0.25, color=LINE)
    return table(
        [56, WIDTH - 56],
        [
            TableRow(
                [
                    TableCell(
                        heading, style="BoxHeading", span=2, fill=PALE, borders={"bottom": inner}
                    )
                ]
            ),
            *(
                TableRow(
                    [
                        TableCell(f"**{heading}**", style="BoxText", valign="top", borders=under),
                        TableCell(holds, style="BoxText", valign="top", borders=under),
                    ]
                )
                for i, (heading, holds) in enumerate(pairs)
                for under in [{} if i == last else {"bottom": inner}]
            ),
        ],
        borders=box(border(points=0.5, color=LINE)),
        margins=(0.6, 3, 0.6, 1.5),
    )


def signature(widths: Sequence[float], rows: Iterable[tuple[str, str]]) -> str:
    """Who signs a form, at its right: label and value. widths: white space, label, value."""
    return table(
        widths,
        [
            TableRow(
                [
                    TableCell(""),
                    TableCell(label, style="CellSmall"),
                    TableCell(value, style="CellSmall"),
                ],
                height=7,
            )
            for label, value in rows
        ],
        margins=(0, 1, 0, 0),
    )


def together(*content: str) -> str:
    """Blocks that no page break parts: behind a list of any length the last of them would sooner
    or later stand alone on a page."""
    return table(
        [WIDTH], [TableRow([TableCell(content, valign="top")])], margins=(0, 0, 0, 0)
    ) + gap(1)


def ki() -> str:
    """「記」 with its space."""
    return gap(4) + p("記", style="LetterCentre") + gap(4)


def ijo() -> str:
    """「以上」."""
    return gap(7) + p("以上", style="LetterRight")


def inquiry(
    style: str = "BoxItem", mark: str = "・", number: str = "（文書番号 {{ document_no }}）"
) -> str:
    """Where questions go, as one item of a list or box. number: what to have at hand."""
    return p(
        f"{mark}お問い合わせ先　**{{{{ insurer_name }}}}**"
        "{% if insurer_phone %}　電話 {{ insurer_phone }}{% endif %}" + number,
        style=style,
    )


def return_to() -> str:
    """Where documents go back to and who answers questions, as the last items of a box."""
    return box_items(
        "**返納先　{{ insurer_postal }} {{ insurer_address }}　{{ insurer_name }}**"
    ) + when(
        "insurer_phone",
        box_items(
            "お問い合わせ　電話 {{ insurer_phone }}（文書番号 {{ document_no }} をお知らせください）"
        ),
    )


def contact() -> str:
    """Where questions go, at the foot of the letter."""
    return gap(4) + table(
        [30, WIDTH - 30],
        [
            TableRow(
                [
                    TableCell("お問い合わせ先", style="CellHead", fill=TINT),
                    TableCell(
                        [
                            p("**{{ insurer_name }}**", style="Cell"),
                            p("{{ insurer_postal }} {{ insurer_address }}", style="CellSmall"),
                            when(
                                "insurer_phone",
                                p(
                                    "電話 {{ insurer_phone }}　（文書番号 {{ document_no }} をお知らせください）",
                                    style="CellSmall",
                                ),
                            ),
                        ]
                    ),
                ]
            )
        ],
        borders=box(border(points=0.5, color=LINE)),
        margins=(1.2, 2.5, 1.2, 2.5),
    )
