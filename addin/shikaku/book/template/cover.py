"""表紙: what to do first, how things stand, and a way to every sheet."""

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from shikaku import live
from shikaku.book.template import page
from shikaku.book.template.content import Content
from shikaku.book.template.formulas import AS_OF, Formulas
from shikaku.book.template.look import ACCENT, Look
from shikaku.schema import schema

COUNT_LABELS = {
    "rows": "件数",
    "overdue": "期限超過",
    "soon": "期限間近",
    "faults": "入力不備",
    "unknown": "要確認",
    "unreturned": "未返納",
}

COUNTED = {
    "members": ("rows", "unknown"),
    "acquisition": ("rows", "overdue", "soon", "faults", "unknown"),
    "dependants": ("rows", "overdue", "soon", "faults", "unknown"),
    "loss": ("rows", "overdue", "soon", "faults"),
    "ledger": ("rows", "unreturned"),
}


def count_formula(sheet_key: str, count: str) -> str:
    """The formula of one count."""
    sheet = schema().sheets[sheet_key]
    at = Formulas(sheet)
    states = schema().lists["limit_state"]
    if count == "rows":
        if "input_check" in sheet.columns:
            return f'=SUMPRODUCT(--({at.column("input_check")}<>""))'
        return f"=COUNTA({at.column('name')})"
    if count in ("overdue", "soon"):
        return f'=COUNTIF({at.column("limit_state")},"{states[count]}")'
    if count == "faults":
        good = ",".join(f'"{live.NUMBER_WORDS[key]}"' for key in live.GOOD_NUMBER)
        check, number = at.column("input_check"), at.column("number_check")
        return (
            f'=SUMPRODUCT(({check}<>"")*((({check}<>"{live.OK}")+'
            f"ISNA(MATCH({number},{{{good}}},0)))>0))"
        )
    if count == "unknown":
        status, unknown = at.column("myna_status"), schema().lists["myna_status"]["unknown"]
        filled = (
            f'{at.column("input_check")}<>""'
            if "input_check" in sheet.columns
            else f'{at.column("name")}<>""'
        )
        return f'=SUMPRODUCT(({filled})*((({status}="")+({status}="{unknown}"))>0))'
    words = schema().lists["return_state"]
    state = at.column("state")
    return f'=COUNTIF({state},"{words["waiting"]}")+COUNTIF({state},"{words["overdue"]}")'


def write(
    ws: Worksheet, look: Look, content: Content, counts: Mapping[str, Mapping[str, int]]
) -> None:
    """The sheet."""
    ws.set_column(0, 0, 2)
    ws.set_column(1, 1, 24)
    ws.set_column(2, 7, 12)
    ws.write_string(
        1, 1, "健康保険の届出と資格確認書", look(bold=True, font_size=18, font_color=ACCENT)
    )
    ws.write_string(3, 1, "判定日", look())
    ws.write_formula(3, 2, f"={AS_OF}", look(num_format="yyyy/m/d"), "")
    row = 6
    for column, label in enumerate(("シート", *COUNT_LABELS.values()), 1):
        ws.write_string(row, column, label, look.heading("required"))
    for key, columns in COUNTED.items():
        row += 1
        name = schema().sheets[key].name
        ws.write_url(row, 1, f"internal:'{name}'!A1", look(font_color=ACCENT, underline=1), name)
        for number, count in enumerate(COUNT_LABELS, 2):
            if count in columns:
                value = counts.get(key, {}).get(count, 0)
                ws.write_formula(row, number, count_formula(key, count), look(), value)
            else:
                ws.write_string(row, number, "–", look(align="center"))
    ws.hide_gridlines(2)
    ws.protect("")
    page.setup(ws, schema().sheets["cover"].name, landscape=True)
    page.one_wide(ws)
