"""RQ: cells that must be filled, and cells whose value is none of those that may stand there."""

from collections.abc import Callable, Mapping

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import FILLED_IN, PEOPLE, Context
from shikaku.fields import insurer_number
from shikaku.fields.text import DITTO
from shikaku.model.schema import Column, schema
from shikaku.model.tables import ERROR, NUMBER, Cell, Row, choices

_ABROAD = ("abroad", "short_stay")
_HOME = ("postal", "address")
_GIVEN = {"ledger": ("control_no",)}
"""Required columns whose empty cells we fill ourselves (管理番号 comes with the next run)."""


def _required(sheet: str) -> list[Column]:
    columns = schema().sheets[sheet].columns.values()
    return [c for c in columns if c.required and c.key not in _GIVEN.get(sheet, ())]


@check(
    "RQ01",
    "error",
    columns=(),
    title="必須の項目が空欄",
    message="必須の項目「{column}」が空欄です。",
    hint="「{column}」を入力してください。",
    source="R43、健保則24条1項・29条1項・38条1項",
    address="必須の項目「{column}」が空欄です。個人番号を書いても、住所は省略できません。",
    hint_address="住民票の住所を入力してください。",
)
def required_cell(context: Context) -> Hits:
    """An empty cell of a required column; the address of somebody abroad is RQ07."""
    for row, column, abroad in context.once(_empty):
        if abroad:
            continue
        variant = "address" if column.type in _HOME else ""
        yield Hit(row.sheet, row.number, column.key, variant=variant)


@check(
    "RQ07",
    "warning",
    columns=("postal_code", "address", "no_number_reason"),
    title="海外在住・短期在留の人の住所が空欄",
    message="「{column}」が空欄です(海外在住・短期在留の人なので警告にとどめます)。",
    hint="日本に住所がなければ空欄のまま、備考に国外の住所を書いてください。",
    source="R43、健保則24条1項・38条1項",
)
def no_home_here(context: Context) -> Hits:
    """郵便番号 or 住所 empty for somebody abroad without a number, who has no 住民票."""
    for row, column, abroad in context.once(_empty):
        if abroad:
            yield Hit(row.sheet, row.number, column.key)


def _empty(context: Context) -> list[tuple[Row, Column, bool]]:
    """(row, column, whether it is the address of somebody abroad) of the empty required cells."""
    found = []
    for sheet in FILLED_IN:
        for column in _required(sheet):
            if not context.has(sheet, column.key) or "" not in context.texts(sheet, column.key):
                continue
            for row, _ in context.each(sheet, column.key, lambda cell: cell.blank):
                away = column.type in _HOME and row.choice("no_number_reason") in _ABROAD
                found.append((row, column, away))
    return found


@check(
    "RQ02",
    "error",
    columns=(),
    title="選択肢にない値",
    message="「{column}」が選択肢にない値です。",
    hint="「{choices}」から選んでください。",
    source="コード表",
)
def not_in_list(context: Context) -> Hits:
    """A drop-down's cell with another value; exact, but for spaces around it."""
    for row, column in context.once(bad_choices):
        choices = "」「".join(schema().lists[column.list].values())
        yield Hit(row.sheet, row.number, column.key, {"choices": choices})


def bad_choices(context: Context) -> list[tuple[Row, Column]]:
    """The drop-downs' cells with a value that isn't in their list."""
    found = []
    for sheet in FILLED_IN:
        spec = schema().sheets[sheet]
        for column in (*spec.columns.values(), *spec.extra.values()):
            if column.list:
                listed = choices(sheet, column.key)
                if set(context.texts(sheet, column.key)) <= {"", *listed}:  # nearly always
                    continue
                judge = _not_among(listed)
                found += [(row, column) for row, _ in context.each(sheet, column.key, judge)]
    return found


def _not_among(listed: Mapping[str, str]) -> Callable[[Cell], bool]:
    return lambda cell: not (cell.kind == ERROR or cell.blank or cell.text in listed)


@check(
    "RQ03",
    "error",
    columns=("attached_count", "not_returnable_count", "reminders"),
    title="枚数・回数が0以上の整数でない",
    message="「{column}」が0以上の整数として読めません。",
    hint="「2枚」のような単位をつけず、0以上の整数だけを入力してください。",
    source="様式の記入方法",
)
def not_a_count(context: Context) -> Hits:
    """A count that is no whole number."""
    for sheet in FILLED_IN:
        columns = schema().sheets[sheet].columns.values()
        for key in [c.key for c in columns if c.type == "count"]:
            for row, _ in context.each(sheet, key, _is_no_count):
                yield Hit(sheet, row.number, key)


def _is_no_count(cell: Cell) -> bool:
    return not (cell.kind == ERROR or cell.blank) and cell.count is None


_DITTO_TYPES = ("text", "name", "digits", "address")


@check(
    "RQ04",
    "error",
    columns=("name", "insured_name", "address", "symbol", "number", "relationship"),
    title="「同上」「〃」で省略している",
    message="「{column}」が「同上」や「〃」などで省略されています。",
    hint="行は並べ替えや抜き出しをされるので、どの行にも値をそのまま入力してください。",
    source="R43(正確に記入)",
)
def ditto(context: Context) -> Hits:
    """Ditto marks, which mean something else once the rows are sorted. In 住所 of a dependant who
    lives with the insured an empty cell says the same and is allowed."""
    for sheet in FILLED_IN:
        columns = schema().sheets[sheet].columns.values()
        keys = [c.key for c in columns if c.type in _DITTO_TYPES and c.key != "remarks"]
        for key in keys:
            if frozenset(DITTO).isdisjoint(context.texts(sheet, key)):
                continue
            for row, _ in context.each(sheet, key, lambda cell: cell.text in DITTO):
                yield Hit(sheet, row.number, key)


_SETTINGS = ("insurer_number", "insurer_name", "insurer_address", "employer_name")


@check(
    "RQ05",
    "warning",
    columns=_SETTINGS,
    title="設定の項目が空欄",
    message="シート「{sheet}」の「{column}」が空欄です。",
    hint="「{column}」を入力してください。通知書や資格確認書にそのまま印字されます。",
    source="R33(保険者番号・保険者名・保険者所在地)",
)
def empty_setting(context: Context) -> Hits:
    """What every letter prints; in a collected book each row names its own employer."""
    collected = any(context.has(sheet, "receipt_no") for sheet in PEOPLE)
    for key in _SETTINGS:
        if key == "employer_name" and collected:
            continue
        if not getattr(context.settings, key):
            yield _setting(context, key)


def _setting(context: Context, key: str, variant: str = "") -> Hit:
    row = context.book.setting_rows.get(key, 0)
    return Hit("settings", row, key, variant=variant)


@check(
    "RQ06",
    "warning",
    columns=("insurer_number",),
    title="保険者番号の誤り",
    message="「{column}」が、検査用数字の合う8桁の保険者番号ではありません。",
    hint="健保組合の8桁の保険者番号(多くは06で始まります)を、文字列として入力し直してください。",
    source="R33、保険者番号等設定要領",
    number="「{column}」が数値で入っていて、先頭の0が消えています。",
)
def wrong_insurer_number(context: Context) -> Hits:
    """Not eight digits, or the check digit does not fit."""
    text = context.settings.insurer_number
    if text and not insurer_number.is_valid(text):
        cell = context.book.settings.get("insurer_number")
        lost = cell is not None and cell.kind == NUMBER and len(cell.text) < 8
        yield _setting(context, "insurer_number", variant="number" if lost else "")
