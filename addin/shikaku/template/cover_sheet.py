"""表紙: what to do first, how things stand, and a way to every sheet."""

import datetime as dt
from collections.abc import Mapping

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shikaku.live import typed_days
from shikaku.model.schema import FORM_NAME, Sheet, schema
from shikaku.template import conditional_formats, print_setup, settings_sheet
from shikaku.template import count_formulas as tally
from shikaku.template.content import Content
from shikaku.template.formats import (
    ACCENT,
    ACCENT_MIST,
    CALCULATED,
    DATE,
    LINE,
    MUTED,
    PAPER,
    Formats,
)
from shikaku.template.live_formulas import AS_OF
from shikaku.template.protection import COST

TITLE = "健康保険の届出と資格確認書"
STEPS_TITLE = "提出までの3ステップ"

STEPS = (
    (
        "1　設定を確かめる",
        "健保組合と事業所の名前、届出期限の数え方を「設定」に入力します。はじめの1回だけです。",
        ("settings",),
    ),
    (
        "2　届出を入力する",
        "1人1行で入力します。氏名の右の「行の状態」が、入力もれや期限を知らせます。くわしくは右端の灰色の列にあります。",
        ("acquisition", "dependants", "loss"),
    ),
    (
        "3　確かめて提出する",
        "下の表の「期限超過」と「入力不備」を0にしてから、パスワードを付けて健保組合へ送り、届出日を入力します。",
        ("findings", "decisions", "ledger"),
    ),
)

GUIDE = {
    "settings": "健保組合と事業所、届出期限の数え方。説明を読みながら入力します。",
    "members": "すでに加入している人の台帳。マイナ保険証の状況と資格確認書の希望もここに残します。",
    "acquisition": "入社した人などの届出。取得の日から5日以内。",
    "dependants": "被扶養者が増えた、減った、変わったときの届出。",
    "loss": "退職・死亡・75歳などの届出。資格確認書を添えて返します。",
    "findings": "「検証」の結果。どのセルを、どう直すか。",
    "decisions": "「判定」の結果。だれに資格確認書が要るか、その理由。",
    "ledger": "資格確認書と旧被保険者証の返納。返納日を入れると状況が変わります。",
    "history": "いつ、だれに、どの文書を出したか。",
    "closed_days": "祝日と年末年始。健保組合独自の休業日はここに足します。",
    "codes": "選択肢の一覧。",
}

MORE_ROWS = (
    "Excelでは、表のすぐ下の行に入力すると表が伸びます。LibreOffice、Googleスプレッドシート、保護したシートでは"
    "伸びません。最後の行を丸ごと下へコピーして行を足すか、shikaku new --rows 200 のように多めに作ってください。"
)
"""What helps where tables don't grow."""

PASSWORD = (
    "① 「ファイル」→「情報」を開きます。② 「ブックの保護」→「パスワードを使用して暗号化」を選びます。"
    "③ パスワードを2回入力して保存します。パスワードは、ブックとは別の方法(電話など)で健保組合に伝えます。"
)
"""How to put a password on the workbook in Excel."""

OLDER = (
    "新しい版の様式が出たら、「shikaku upgrade ブック.xlsx」で、入力した内容を残したまま新しくなります。"
    "古い版のブックは、検証のときにこのシートの上の方に表示します。"
)

_COUNT_LOOK = {
    "overdue": conditional_formats.STOP_SIGN,
    "soon": conditional_formats.SOON_SIGN,
    "faults": conditional_formats.STOP_SIGN,
    "unknown": conditional_formats.SOON_SIGN,
    "unreturned": conditional_formats.SOON_SIGN,
}

_FIRST, _LAST = 1, 7  # columns B … H


def write(
    ws: Worksheet,
    look: Formats,
    content: Content,
    counts: Mapping[str, Mapping[str, int]],
    layout: Mapping[str, Sheet],
    *,
    protected: bool = False,
) -> None:
    """The sheet. counts: what ``live_counts`` says, for the cells' cached values; layout: the
    sheets that are counted; protected: the formulas of the workbook are, and whoever fills it in must know."""
    ws.set_column(0, 0, 2, look())
    ws.set_column(1, 1, 40, look())
    ws.set_column(2, _LAST, 20, look())
    ws.set_column(_LAST + 1, _LAST + 1, 2, look())
    _title(ws, look, content)
    row = _steps(ws, look, 4)
    row = _counts(ws, look, counts, layout, row + 1)
    row = _legend(ws, look, row + 1)
    row = _guide(ws, look, row + 1)
    if protected:
        row = _remark(ws, look, row + 1, "シートの保護", COST)
    row = _remark(ws, look, row + 1, "行が足りなくなったら", MORE_ROWS)
    row = _remark(ws, look, row + 1, "パスワードの付け方", PASSWORD)
    row = _secret(ws, look, row + 2)
    last = _form(ws, look, row + 1)
    ws.hide_gridlines(2)
    ws.set_tab_color(ACCENT)
    ws.set_selection(0, 0, 0, 0)
    ws.protect("")
    print_setup.setup(ws, "")
    ws.print_area(0, 0, last, _LAST + 1)
    ws.center_horizontally()
    ws.fit_to_pages(1, 1)


def _title(ws: Worksheet, look: Formats, content: Content) -> None:
    ws.set_row_pixels(0, 10)
    ws.set_row_pixels(1, 52)
    band = look(bold=True, font_size=20, font_color=PAPER, bg_color=ACCENT, indent=1)
    ws.merge_range(1, _FIRST, 1, _LAST, TITLE, band)
    ws.set_row_pixels(2, 30)
    soft = look(bg_color=ACCENT_MIST, font_color=ACCENT, indent=1, font_size=11)
    employer, insurer = (
        settings_sheet.prefix("employer_name"),
        settings_sheet.prefix("insurer_name"),
    )
    formula = f'=IF({employer}&{insurer}="","事業所と健保組合の名前は「設定」に入力します",{employer}&"　"&{insurer})'
    given = [str(content.settings.get(key, "")) for key in ("employer_name", "insurer_name")]
    names = "　".join(given) if any(given) else "事業所と健保組合の名前は「設定」に入力します"
    ws.merge_range(2, _FIRST, 2, 4, "", soft)
    ws.write_formula(2, _FIRST, formula, soft, names)
    right = look(bg_color=ACCENT_MIST, font_color=ACCENT, align="right")
    ws.write_string(2, 5, "判定の基準日", right)
    day = look(bg_color=ACCENT_MIST, font_color=ACCENT, bold=True, num_format=DATE, align="left")
    as_of = content.settings.get("as_of", "")
    ws.merge_range(2, 6, 2, _LAST, "", day)
    ws.write_formula(
        2, 6, f"={AS_OF}", day, typed_days.serial(as_of) if isinstance(as_of, dt.date) else ""
    )
    ws.set_row_pixels(3, 14)


def _section(ws: Worksheet, look: Formats, row: int, text: str) -> None:
    ws.set_row_pixels(row, 30)
    style = look(bold=True, font_size=12, font_color=ACCENT, bottom=2, bottom_color=ACCENT)
    for column in range(_FIRST, _LAST + 1):
        ws.write_string(row, column, text if column == _FIRST else "", style)


def _link(ws: Worksheet, row: int, column: int, key: str, style: Format) -> None:
    name = schema().sheets[key].name
    ws.write_url(row, column, f"internal:'{name}'!A1", style, name, f"「{name}」を開く")


def _steps(ws: Worksheet, look: Formats, row: int) -> int:
    _section(ws, look, row, STEPS_TITLE)
    ws.set_row_pixels(row + 1, 34)
    ws.set_row_pixels(row + 2, 60)
    ws.set_row_pixels(row + 3, 26)
    edge = {"left": 5, "left_color": PAPER, "right": 5, "right_color": PAPER}
    heading = look(
        bold=True, font_size=12, font_color=ACCENT, bg_color=ACCENT_MIST, indent=1, **edge
    )
    text = look(text_wrap=True, bg_color=ACCENT_MIST, valign="top", align="left", indent=1, **edge)
    link = look(font_color=ACCENT, underline=1, bg_color=ACCENT_MIST, align="center", bold=True)
    blank = look(bg_color=ACCENT_MIST)
    for (title, body, keys), (first, last) in zip(STEPS, ((1, 1), (2, 4), (5, 7)), strict=True):
        for offset, content, style in ((1, title, heading), (2, body, text)):
            if first == last:
                ws.write_string(row + offset, first, content, style)
            else:
                ws.merge_range(row + offset, first, row + offset, last, content, style)
        for column in range(first, last + 1):
            ws.write_blank(row + 3, column, None, blank)
        for column, key in enumerate(keys, first):
            _link(ws, row + 3, column, key, link)
    ws.set_row_pixels(row + 4, 14)
    return row + 4


def _counts(
    ws: Worksheet,
    look: Formats,
    counts: Mapping[str, Mapping[str, int]],
    layout: Mapping[str, Sheet],
    row: int,
) -> int:
    _section(ws, look, row, "いまの状況")
    row += 1
    head = look(bold=True, font_color=ACCENT, bg_color=ACCENT_MIST, align="center")
    ws.set_row_pixels(row, 26)
    for column, text in enumerate(("シート", *tally.LABELS.values()), _FIRST):
        ws.write_string(row, column, text, head)
    line = {"bottom": 1, "bottom_color": LINE}
    name = look(font_color=ACCENT, underline=1, indent=1, **line)
    number = look(align="center", num_format="0", font_size=12, **line)
    none = look(align="center", font_color="#B8C0C8", **line)
    first = row + 1
    for key, counted in tally.COUNTED.items():
        row += 1
        ws.set_row_pixels(row, 28)
        _link(ws, row, _FIRST, key, name)
        for column, count in enumerate(tally.LABELS, _FIRST + 1):
            if count in counted:
                value = counts.get(key, {}).get(count, 0)
                ws.write_formula(row, column, tally.formula(layout, key, count), number, value)
            else:
                ws.write_string(row, column, "－", none)
    row += 1
    ws.set_row_pixels(row, 30)
    ws.write_string(row, _FIRST, "合計", look(bold=True, indent=1, bg_color=CALCULATED))
    bold = look(bold=True, align="center", num_format="0", font_size=12, bg_color=CALCULATED)
    for column, count in enumerate(tally.LABELS, _FIRST + 1):
        letter = "ABCDEFGH"[column]
        value = sum(counts.get(key, {}).get(count, 0) for key in tally.COUNTED)
        ws.write_formula(row, column, tally.total(letter, first + 1, row), bold, value)
        if count in _COUNT_LOOK:
            ws.conditional_format(
                first,
                column,
                row,
                column,
                {
                    "type": "formula",
                    "criteria": f"=AND(ISNUMBER({letter}{first + 1}),{letter}{first + 1}>0)",
                    "format": look.difference(**_COUNT_LOOK[count]),
                },
            )
    row += 1
    small = look(font_size=8, font_color=MUTED, text_wrap=True)
    ws.merge_range(row, _FIRST, row, _LAST, "", small)
    ws.write_formula(row, _FIRST, tally.note(layout), small, tally.LEGEND)
    warned = {"type": "formula", "criteria": f'=LEFT($B${row + 1})="▲"'}
    ws.conditional_format(
        row, _FIRST, row, _LAST, warned | {"format": look.difference(**conditional_formats.STOP)}
    )
    ws.set_row_pixels(row + 1, 12)
    return row + 1


def _legend(ws: Worksheet, look: Formats, row: int) -> int:
    _section(ws, look, row, "色と記号の見方")
    center = {"align": "center"}
    headings = (
        ("必須", look.heading("required")),
        ("場合により必須", look.heading("conditional")),
        ("あれば", look.heading("optional")),
        ("自動", look.heading("calculated")),
    )
    cells = (
        ("▲ 誤り・超過", look(**center, **conditional_formats.STOP, bold=True)),
        ("● 間近・あとで", look(**center, **conditional_formats.SOON, bold=True)),
        ("○ そのままでよい", look(**center, font_color=conditional_formats.DONE_INK)),
    )
    for title, samples in (("見出しの色", headings), ("セルの色と記号", cells)):
        row += 1
        ws.set_row_pixels(row, 28)
        ws.write_string(row, 1, title, look(indent=1, font_color=MUTED))
        for column, (text, style) in enumerate(samples, 2):
            ws.write_string(row, column, text, style)
    ws.set_row_pixels(row + 1, 12)
    return row + 1


def _guide(ws: Worksheet, look: Formats, row: int) -> int:
    _section(ws, look, row, "シートの案内")
    line = {"bottom": 4, "bottom_color": LINE}
    link = look(font_color=ACCENT, underline=1, indent=1, **line)
    for key, text in GUIDE.items():
        row += 1
        _link(ws, row, _FIRST, key, link)
        ws.merge_range(row, 2, row, _LAST, text, look(font_color=MUTED, **line))
    return row


def _remark(ws: Worksheet, look: Formats, row: int, title: str, text: str) -> int:
    ws.set_row_pixels(row, 40)
    ws.write_string(row, _FIRST, title, look(indent=1, font_color=MUTED))
    style = look(text_wrap=True, font_color=MUTED, align="left")
    ws.merge_range(row, 2, row, _LAST, text, style)
    return row


def _secret(ws: Worksheet, look: Formats, row: int) -> int:
    warning = "このブックには個人番号が入ります。メールで送るときは必ず暗号化し、要らなくなった写しは削除してください。"
    ws.set_row_pixels(row, 30)
    ws.merge_range(
        row,
        _FIRST,
        row,
        _LAST,
        f"【取扱注意】{warning}",
        look(bold=True, border=1, border_color=ACCENT, font_color=ACCENT, align="center"),
    )
    return row


def _form(ws: Worksheet, look: Formats, row: int) -> int:
    """様式の版, and what to do with an older one."""
    ws.set_row_pixels(row, 40)
    ws.write_string(row, _FIRST, FORM_NAME, look(indent=1, font_color=MUTED))
    ws.write_string(row, 2, schema().form, look(bold=True, align="center", num_format="@"))
    ws.merge_range(row, 3, row, _LAST, OLDER, look(text_wrap=True, font_color=MUTED, align="left"))
    return row
