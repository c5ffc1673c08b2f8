"""資格確認書: a postcard of 100 × 148 mm, front and back, every row of a fixed height (R30–R34)."""

from shikaku.letters.design.blocks import (
    ACCENT,
    LINE,
    NO_LINE,
    POSTCARD,
    TINT,
    TableCell,
    TableRow,
    barcode,
    border,
    box,
    either,
    fit,
    fitted,
    gap,
    next_page,
    p,
    rows_when,
    table,
    when,
)
from shikaku.letters.design.package import document

_COLUMN = 15.0
_COLUMNS = 6  # 90 mm
_ROW = 11.9
_FRAME = {
    **box(border(points=1.5, color=ACCENT)),
    "insideH": border(points=0.5, color=LINE),
    "insideV": border(points=0.5, color=LINE),
}
_MARGINS = (0.3, 1.8, 0.3, 1.2)


def certificate() -> bytes:
    """The template of both sides."""
    # The line that begins the back has its like on the front: both tables start at one height.
    body = gap(1) + _front() + next_page() + _back() + gap(1)
    return document("健康保険 資格確認書", body, POSTCARD)


def _field(label: str, value: str, span: int) -> TableCell:
    content = [p(label, style="PostcardLabel"), p(value, style="PostcardText")]
    return TableCell(content, span=span)


def _exact(cells: list[TableCell], height: float = _ROW) -> TableRow:
    return TableRow(cells, height=height, exact=True)


def _front() -> str:
    """R33: fifteen fields. The rows of dependants and of those from 70 are there for them alone;
    for the others everything below moves up."""
    dependant = _exact([_fitted("被保険者氏名", "insured_name", "PostcardText", _COLUMNS)])
    senior = _exact(
        [
            _field("一部負担金の割合", "{{ burden_share }}", 3),
            _field("発効年月日", "{{ burden_effective }}", 3),
        ],
    )
    return table(
        [_COLUMN] * _COLUMNS,
        [
            _title_row(),
            _exact([_strong("有効期限", "{{ expiry }}", fill=TINT)], 13),
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
            *rows_when("insured_name", [dependant], _COLUMNS),
            *rows_when("burden_share", [senior], _COLUMNS),
            _exact([_field("交付年月日", "{{ issued }}", _COLUMNS)]),
            _exact([_strong("保険者番号", "{{ insurer_number }}")], 13),
            _insurer_row(),
        ],
        borders=_FRAME,
        margins=_MARGINS,
    )


def _strong(label: str, value: str, fill: str = "") -> TableCell:
    content = [p(label, style="PostcardLabel"), p(value, style="PostcardStrong")]
    return TableCell(content, span=_COLUMNS, fill=fill)


def _fitted(label: str, name: str, style: str, span: int) -> TableCell:
    """A field that is set smaller when it is long."""
    return TableCell(
        [p(label, style="PostcardLabel"), fitted(name, style, f"{style}Long")], span=span
    )


def _title_row() -> TableRow:
    title = TableCell(
        "健康保険　資格確認書",
        style="PostcardTitle",
        span=4,
        fill=ACCENT,
        borders={"right": NO_LINE},
    )
    kind = TableCell(
        "{{ member_kind }}",
        style="PostcardTag",
        span=2,
        fill=ACCENT,
        borders={"left": NO_LINE},
    )
    return _exact([title, kind], 12)


def _name_row() -> TableRow:
    name = [
        p("氏名　", fit("kana", "LongLabel"), style="PostcardLabel"),
        fitted("person_name", "PostcardName", "PostcardNameLong"),
    ]
    return _exact([TableCell(name, span=5), _field("性別", "{{ sex }}", 1)], 16.5)


def _insurer_row() -> TableRow:
    insurer = [
        p("保険者名・所在地", style="PostcardLabel"),
        fitted("insurer_name", "PostcardText", "PostcardTextLong"),
        p("{{ insurer_postal }} {{ insurer_address }}", style="PostcardNote"),
        when("insurer_phone", p("電話 {{ insurer_phone }}", style="PostcardNote")),
    ]
    return _exact([TableCell(insurer, span=_COLUMNS)], 22.5)


_NOTES = (
    "・交付を受けたら、住所欄にご本人の住所を記入し、大切に保管してください。",
    "・受診のときは、そのつど医療機関・薬局の窓口に提示してください。",
    "・有効期限を過ぎた資格確認書は使えません。返納の必要はありません。",
    "・氏名などの記載事項が変わったときは、すみやかに訂正を受けてください。",
    "・紛失したとき、破れたり汚れたりしたときは、再交付を申請してください。",
    "・不正に使った者は、刑法の詐欺罪などにより処罰されることがあります。",
)
_RETURN = (
    "・有効期限内に資格を失ったときは、その日から使えません。**5日以内に{}返納してください。**"
)
_DONATION = (
    "1．私は、脳死後及び心臓が停止した死後のいずれでも、移植のために臓器を提供します。",
    "2．私は、心臓が停止した死後に限り、移植のために臓器を提供します。",
    "3．私は、臓器を提供しません。",
)


def _back() -> str:
    """R34: address, remarks, notes, organ donation."""
    return table(
        [45, 45],
        [
            _exact(
                [_wide([p("住所欄（ご本人が記入してください）", style="PostcardHeading")])], 20.5
            ),
            *rows_when("barcode", [_coded_remarks()], 2),
            *rows_when(
                "not barcode", [_exact([_wide([p("備考欄", style="PostcardHeading")])], 17)], 2
            ),
            _exact([_wide(_notes())], 42),
            _exact([_wide(_donation(), {"bottom": NO_LINE})], 37),
            _exact(
                [
                    TableCell(
                        [p("署名年月日　　　　年　　　月　　　日", style="PostcardNote")],
                        span=2,
                        borders={"top": NO_LINE, "bottom": NO_LINE},
                    )
                ],
                6,
            ),
            _exact(
                [
                    _signed("本人署名（自筆）", "right"),
                    _signed("家族署名（自筆）", "left"),
                ],
                14,
            ),
        ],
        borders=_FRAME,
        margins=(0.8, 1.8, 0.3, 1.2),
    )


def _coded_remarks() -> TableRow:
    """備考欄 with the 管理番号 for the scanner at its right."""
    right = [barcode("control_no"), p("{{ control_no }}", style="CellSmallCentre")]
    left = TableCell(
        [p("備考欄", style="PostcardHeading")], valign="top", borders={"right": NO_LINE}
    )
    return _exact(
        [left, TableCell(right, valign="top", borders={"left": NO_LINE}, margins=(0.4, 1, 0, 1))],
        17,
    )


def _wide(content: list[str], borders: dict[str, dict[str, str]] | None = None) -> TableCell:
    """A cell over both columns, filled from the top."""
    return TableCell(content, span=2, valign="top", borders=borders or {})


def _signed(label: str, inner: str) -> TableCell:
    """Room for a signature; inner: the side of the other one."""
    return TableCell(
        [p(label, style="PostcardNote")], borders={"top": NO_LINE, inner: NO_LINE}, valign="top"
    )


def _notes() -> list[str]:
    """注意事項."""
    back = either(
        "direct",
        [p(_RETURN.format("当組合へ"), style="PostcardNote")],
        [p(_RETURN.format("事業主を経て"), style="PostcardNote")],
    )
    notes = [p(note, style="PostcardNote") for note in _NOTES]
    return [p("注意事項", style="PostcardHeading"), *notes[:2], back, *notes[2:]]


def _donation() -> list[str]:
    """臓器提供意思表示欄."""
    return [
        p("臓器提供意思表示欄（記入は任意です）", style="PostcardHeading"),
        p("※1から3のいずれかの番号を○で囲んでください。", style="PostcardNote"),
        *(p(line, style="PostcardNote") for line in _DONATION),
        p(
            "※1又は2を選んだ方で、提供したくない臓器があれば、×をつけてください。",
            style="PostcardNote",
        ),
        p("【　心臓 ・ 肺 ・ 肝臓 ・ 腎臓 ・ 膵臓 ・ 小腸 ・ 眼球　】", style="PostcardNote"),
        p("〔特記欄：　　　　　　　　　　　　　　　　　　　　　〕", style="PostcardNote"),
    ]
