"""The counts of 表紙 as formulas; ``live_counts`` is their twin."""

from collections.abc import Iterable, Mapping

from xlsxwriter.utility import xl_col_to_name

from shikaku.fields.era_date import FIRST
from shikaku.live import columns, counts, row_faults, typed_days
from shikaku.model.schema import Sheet, schema
from shikaku.template.live_formulas import AS_OF, Formulas

LABELS = {
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
    "ledger": ("rows", "overdue", "faults", "unreturned"),
}
"""Sheet key → what is counted there."""

LEGEND = (
    "期限超過: 期限を過ぎて未提出(返納管理は未返納)　期限間近: 期限まで3日以内　"
    "入力不備: 入力もれ・誤り・日付や休日を確認　要確認: マイナ保険証の状況が空欄か不明"
)

OUTSIDE = "▲ 表より下に入力した行があり、数えていません。表の右下の角を下へ広げてください: "

_ERROR = '"エラー値"'


def _quoted(texts: Iterable[str]) -> str:
    return ",".join(f'"{text}"' for text in texts)


def formula(layout: Mapping[str, Sheet], sheet_key: str, count: str) -> str:
    """The formula of one count of one sheet; layout: the workbook's sheets by key."""
    at = Formulas(layout[sheet_key])
    states = schema().lists["return_state" if sheet_key == "ledger" else "limit_state"]
    column = (
        at.column("state" if sheet_key == "ledger" else "limit_state")
        if (count in ("overdue", "soon", "unreturned"))
        else ""
    )
    if count == "rows":
        if "input_check" in at.sheet.columns:
            return f'=SUMPRODUCT(--({at.column("input_check")}<>""))'
        return f"=COUNTA({at.column('name')})"
    if count in ("overdue", "soon"):
        return f'=COUNTIF({column},"{states[count]}")'
    if count == "unreturned":
        return f'=COUNTIF({column},"{states["waiting"]}")+COUNTIF({column},"{states["overdue"]}")'
    if count == "faults":
        good = _quoted(columns.NUMBER_WORDS[key] for key in columns.GOOD_NUMBER)
        if sheet_key == "ledger":
            wrong = (columns.CHECK_DATE, row_faults.ERROR_CELL)
            return "=" + "+".join(f'COUNTIF({at.column("state")},"{word}")' for word in wrong)
        check, number = at.column("input_check"), at.column("number_check")
        gaps = "*".join(f'({check}<>"{word}")' for word in row_faults.FINE)
        closed = f'({at.column("limit_state")}="{columns.CHECK_CLOSED}")'
        faults = f"{gaps}+ISNA(MATCH({number},{{{good}}},0))+{closed}"
        return f'=IFERROR(SUMPRODUCT(({check}<>"")*(({faults})>0)),{_ERROR})'
    return f"=IFERROR({_unknown(layout, at)},{_ERROR})"


def _unknown(layout: Mapping[str, Sheet], at: Formulas) -> str:
    """Rows of present members whose status is blank or 不明; an ended membership is recognised by
    氏名 and 生年月日 on the filings. MATCH bears error cells, a comparison would not."""
    lists = schema().lists
    status, name, birth = (at.column(key) for key in ("myna_status", "name", "birth"))
    start = at.column(counts.START[at.sheet.key])
    unknown = f"ISBLANK({status})+ISNUMBER(MATCH({status},{{{_quoted(counts.unknown_words())}}},0))"
    checked = "input_check" if "input_check" in at.sheet.columns else "name"
    factors = [f'({at.column(checked)}<>"")', f"(({unknown})>0)"]
    if at.sheet.key == "dependants":
        factors.append(f'({at.column("event")}="{lists["event"]["added"]}")')
    if "lost" in at.sheet.columns:
        lost = at.column("lost")
        factors.append(f"(1-ISNUMBER({lost})*({lost}<={AS_OF}))")
    loss, moves = (Formulas(layout[key]) for key in ("loss", "dependants"))

    def ends(on: Formulas, key: str, more: str = "") -> str:
        day = on.column(key)
        who = f"{on.column('name')},{name},{on.column('birth')},{birth}"
        return f'COUNTIFS({more}{who},{day},"<="&{AS_OF},{day},">"&{start})'

    removed = f'{moves.column("event")},"{lists["event"]["removed"]}",'
    ended = f"{ends(loss, 'lost')}+{ends(moves, 'event_date', removed)}"
    # COUNTIFS would take text that looks like a day for one, each program in its own way, and
    # LibreOffice TRUE for the number 1.
    days = f"ISNUMBER({birth})*ISNUMBER({start})*({start}>={typed_days.serial(FIRST)})"
    factors.append(f"(({ended})*{days}=0)")
    return f"SUMPRODUCT({'*'.join(factors)})"


def total(column: str, first: int, last: int) -> str:
    """The sum over the rows of a column."""
    return f"=SUM({column}{first}:{column}{last})"


def note(layout: Mapping[str, Sheet]) -> str:
    """The line below the counts: what they mean, or which sheets have rows below their table.

    A table doesn't grow by itself in LibreOffice, nor on a protected sheet, and what is below it has
    no live columns and isn't counted; nobody may take that for "nothing to do".
    """
    names = []
    for key in COUNTED:
        sheet = layout[key]
        column = xl_col_to_name(list(sheet.columns).index("name"))
        inside = f"COUNTA({sheet.table}[[#All],[{sheet.label('name')}]])"
        beyond = f"COUNTA('{sheet.name}'!${column}:${column})>{inside}"
        names.append(f'IF({beyond},"{sheet.name} ","")')
    found = "&".join(names)
    return f'=IF({found}="","{LEGEND}","{OUTSIDE}"&{found})'
