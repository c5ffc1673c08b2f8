"""ST: the sheets and columns themselves, and cells that can't be trusted whatever they hold."""

import re
import unicodedata
from collections import Counter

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import FILLED_IN, Context, asides
from shikaku.fields import stray_number
from shikaku.model import other_labels
from shikaku.model.schema import is_older, schema
from shikaku.model.tables import EMPTY, ERROR, Cell, Row, Table

_NEEDED = {
    "members": ("individual_number", "lost", "myna_status", "want"),
    "acquisition": ("individual_number", "filed", "myna_status", "want"),
    "dependants": ("individual_number", "living", "address", "filed", "myna_status", "want"),
    "loss": ("left", "filed", "attached_count", "not_returnable_count"),
    "ledger": ("issued", "expiry", "lost", "returned"),
}
"""Columns without which rules have nothing to look at, though no cell of them is required."""


@check(
    "ST01",
    "error",
    columns=(),
    title="必要なシートがない",
    message="シート「{sheet}」がありません。",
    hint="シート名を「{sheet}」に戻すか、様式のブックからシートをコピーしてください。",
    source="様式のシート構成",
)
def missing_sheet(context: Context) -> Hits:
    """A sheet of the contract that the book lacks; row 0, since there is none to point to."""
    for key in context.book.missing_sheets:
        if schema().sheets[key].mandatory:
            yield Hit(key, 0)


@check(
    "ST02",
    "error",
    columns=(),
    title="必須の列がない",
    message="必須の列「{column}」が見出しにありません。",
    hint="見出しの行に「{column}」の列を足してください。列の位置はどこでもかまいません。",
    source="様式の必須項目",
    renamed="必須の列「{column}」が見出しにありません。見出し「{label}」の列がこれと思われます。",
    hint_renamed="見出し「{label}」を「{column}」に書き直してください。列は足しません。",
)
def missing_column(context: Context) -> Hits:
    """A required column that the header row lacks, or has under another name. On a sheet that only we
    write we put it back."""
    for key, table in context.book.tables.items():
        if not table.spec.mandatory or table.spec.ours:
            continue
        for column in table.spec.columns.values():
            if column.required and column.key not in table.columns:
                yield _gone(table, key, column.key)


@check(
    "ST03",
    "error",
    columns=(),
    title="同じ見出しの列が2つある",
    message="見出し「{column}」の列が2つ以上あります。どちらを読むべきか決められません。",
    hint="使わないほうの列を削除するか、見出しを別の名前に変えてください。",
    source="様式のシート構成",
    setting="項目「{column}」の行が2つ以上あり、値が違います。どちらを読むべきか決められません。",
    hint_setting="使わないほうの行を削除してください。",
)
def double_label(context: Context) -> Hits:
    """A label that stands twice in the header row, or in 設定 with two values."""
    for key, table in context.book.tables.items():
        for column in dict.fromkeys(table.duplicate_columns):
            yield Hit(key, table.header_row, column)
    for key, row in context.book.double_settings.items():
        yield Hit("settings", row, key, variant="setting")


@check(
    "ST04",
    "warning",
    columns=tuple(dict.fromkeys(key for keys in _NEEDED.values() for key in keys)),
    title="判定に使う列がない",
    message="列「{column}」がないため、この項目にかかわる検証と判定ができません。",
    hint="見出しの行に「{column}」の列を足してください。列の位置はどこでもかまいません。",
    source="様式の項目",
    renamed="列「{column}」がないため、判定できません。見出し「{label}」の列がこれと思われます。",
    hint_renamed="見出し「{label}」を「{column}」に書き直してください。列は足しません。",
)
def missing_optional_column(context: Context) -> Hits:
    """A column that no cell must fill but that rules read."""
    for key, needed in _NEEDED.items():
        table = context.book.tables.get(key)
        if table is not None:
            for column in needed:
                if column not in table.columns:
                    yield _gone(table, key, column)


def _gone(table: Table, sheet: str, column: str) -> Hit:
    """The finding for a missing column: to be renamed where another label says the same."""
    folded = {_folded(label) for label in table.unknown_labels}
    others = other_labels.of_columns(sheet).get(column, ())
    label = next((name for name in others if _folded(name) in folded), "")
    if label:
        return Hit(sheet, table.header_row, column, {"label": label}, variant="renamed")
    return Hit(sheet, table.header_row, column)


def _folded(label: str) -> str:
    return re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", label))


@check(
    "ST15",
    "warning",
    columns=(),
    title="古い様式",
    message="このブックは古い様式({form})です(今の様式は {present})。シートの数式が、今の決まりと違うことを言います。",
    hint="「shikaku upgrade ブック.xlsx」で今の様式にしてください。入力した内容はそのまま残ります。",
    source="様式の版",
)
def older_form(context: Context) -> Hits:
    """A workbook of an older form; row 0 of 表紙, where the version stands."""
    form = context.book.form
    if form is not None and is_older(form):
        yield Hit("cover", 0, "", {"form": form, "present": schema().form})


def _computed_cells(context: Context) -> list[tuple[Row, str, Cell]]:
    """(row, key, cell) of the input cells with a formula or an error."""
    return [
        (row, key, cell)
        for sheet in FILLED_IN
        if context.may_be_computed(sheet)
        for key in context.filled_keys(sheet)
        for row, cell in zip(context.rows(sheet), context.column(sheet, key), strict=True)
        if cell.formula or cell.kind == ERROR
    ]


@check(
    "ST05",
    "error",
    columns=(),
    title="エラー値(#N/A など)のセル",
    message="「{column}」のセルがエラー値になっていて、内容を読み取れません。",
    hint="数式の参照先を直すか、数式を消して値を入力してください。",
    source="Excelのエラー値",
)
def error_cell(context: Context) -> Hits:
    """#N/A, #REF! and so on in an input cell; the other checks leave such a cell alone."""
    for row, key, cell in context.once(_computed_cells):
        if cell.kind == ERROR:
            yield Hit(row.sheet, row.number, key)


@check(
    "ST06",
    "info",
    columns=(),
    title="入力欄に数式がある",
    message="「{column}」の{count}か所に数式が入っています(最初は{row}行目)。"
    "並べ替えや行の削除で値が変わることがあります。",
    hint="提出する前に、列をコピーして「値の貼り付け」で値に変えてください。",
    source="Excelの数式",
)
def formula_cell(context: Context) -> Hits:
    """Formulas in input columns, one finding a column at its first such cell."""
    yield from _formulas(context, uncached=False)


@check(
    "ST13",
    "warning",
    columns=(),
    title="計算結果のない数式",
    message="「{column}」の{count}か所の数式に計算結果が保存されていません(最初は{row}行目)。"
    "空欄として扱います。",
    hint="Excelでブックを開いて保存し直すか、値を入力してください。",
    source="Excelの数式",
)
def uncached_formula(context: Context) -> Hits:
    """Formulas of input columns that no spreadsheet has worked out; one finding a column."""
    yield from _formulas(context, uncached=True)


def _formulas(context: Context, *, uncached: bool) -> Hits:
    first: dict[tuple[str, str], int] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for row, key, cell in context.once(_computed_cells):
        if cell.formula and (cell.kind == EMPTY) is uncached:
            first.setdefault((row.sheet, key), row.number)
            counts[row.sheet, key] += 1
    for (sheet, key), number in first.items():
        yield Hit(sheet, number, key, {"count": counts[sheet, key]})


_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@check(
    "ST07",
    "warning",
    columns=(),
    title="入力範囲のセル結合",
    message="{area} が結合されています。値は左上の1つのセルにしかなく、ほかは空欄として扱います。",
    hint="セルの結合を解除し、行ごとに値を入力してください。",
    source="Excelのセル結合",
)
def merged_cells(context: Context) -> Hits:
    """Merged cells that touch our columns between the header and the last filled row."""
    for sheet in FILLED_IN:
        table = context.book.tables.get(sheet)
        last = max((row.number for row in context.rows(sheet)), default=0)
        if table is None:
            continue
        for area in table.merged:
            match = _RANGE.fullmatch(area.upper())
            if not match or int(match[2]) > last:
                continue
            left = _column_number(match[1])
            right = _column_number(match[3] or match[1])
            inside = [(n, k) for k, n in table.columns.items() if left <= n <= right]
            if inside:
                row = max(int(match[2]), table.header_row + 1)
                yield Hit(sheet, row, min(inside)[1], {"area": area.replace("$", "")})


@check(
    "ST12",
    "info",
    columns=(),
    title="隠れている行がある",
    message="{count}行が非表示(フィルターなど)です。隠れた行も検証・判定・届出の対象です。",
    hint="提出する前に、フィルターを解除して全部の行を確かめてください。",
    source="Excelの行の非表示",
)
def hidden_rows(context: Context) -> Hits:
    """Rows that the user doesn't see but that are filed all the same; at the first of them."""
    for sheet in FILLED_IN:
        hidden = [row.number for row in context.rows(sheet) if row.hidden]
        if hidden:
            yield Hit(sheet, hidden[0], "", {"count": len(hidden)})


@check(
    "ST14",
    "warning",
    columns=(),
    title="注記・合計・見出しだけの行",
    message="この行には「※」や「合計」などの注記しかないので、人の行として扱いません。",
    hint="表の中には人だけを入力し、注記や合計は表の外か備考に移してください。",
    source="様式の記入方法",
    heading="この行は見出しの写しなので、人の行として扱いません。",
    hint_heading="貼り付けたときに入った見出しの行です。この行を削除してください。",
    total="この行は合計の行なので、人の行として扱いません。",
    hint_total="合計の行は表の外に移してください。",
)
def remark(context: Context) -> Hits:
    """A row that holds nothing but a remark, a pasted heading or a total; nobody is looked for in it,
    and no letter is made."""
    for row, kind, key in asides(context):
        if kind != "struck":
            yield Hit(row.sheet, row.number, key, variant="" if kind == "note" else kind)


@check(
    "ST17",
    "error",
    columns=(),
    title="取り消し線の行",
    message="この行には取り消し線が引かれています。届け出るのかどうかが決まるまで、判定・通知書・提出を止めます。",
    hint="届け出ないなら行を削除し、届け出るなら取り消し線を外してください。",
    source="様式の記入方法",
    to_employer={
        "": "この行には取り消し線が引かれているため、受け付けていません。",
    },
)
def struck_through(context: Context) -> Hits:
    """A row that somebody has struck through: meant or not, nobody but the sender knows."""
    for row, kind, _ in asides(context):
        if kind == "struck":
            yield Hit(row.sheet, row.number)


@check(
    "ST16",
    "error",
    columns=(),
    title="読み取られないシート",
    message="シート「{tab}」は「{sheet}」の写しのようですが、名前が違うため読み取りません。",
    hint="中の行をシート「{sheet}」に移してから、「{tab}」を削除してください。",
    source="様式のシート構成",
)
def unread_sheet(context: Context) -> Hits:
    """A sheet with our name and a number, or with our headings and rows below them, that isn't ours: what
    stands there would be silently left out. Row 0 of the sheet that it is like."""
    for sheet, tab in context.book.unread:
        yield Hit(sheet, 0, "", {"tab": stray_number.hide(tab)})
