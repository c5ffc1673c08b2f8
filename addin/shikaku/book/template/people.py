"""The sheets with tables: the filings, the members, the ledger, the outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from shikaku import live
from shikaku.book.template import guard, page
from shikaku.book.template.content import ERROR_TEXTS, Value
from shikaku.book.template.finish import placeholder
from shikaku.book.template.formulas import AS_OF, CLOSED_BROKEN, Formulas
from shikaku.book.template.look import (
    ACCENT,
    DONE_INK,
    FIRST_YEAR_DATE,
    SOON_FILL,
    SOON_INK,
    STOP_FILL,
    STOP_INK,
    Look,
)
from shikaku.schema import Column, Sheet, schema

PREPARED = 500
"""Rows with formulas ready in the filings and in the ledger; the tables grow beyond them."""

_LISTED_ROWS = {"closed_days": 0}

FROZEN = {
    "members": "name",
    "acquisition": "name",
    "dependants": "name",
    "loss": "name",
    "ledger": "name",
    "findings": "code",
    "decisions": "name",
    "history": "letter",
}
"""The last column that stays in sight."""

_FIRST_YEARS = (
    (32516, 32872),
    (43586, 43830),
)  # 平成元年 and 令和元年, first and last day as serials


@dataclass(slots=True)
class TableSheet:
    """One sheet with a table, while it is written. ``cached``: values of the calculated columns,
    a mapping by column key for every row."""

    ws: Worksheet
    sheet: Sheet
    look: Look
    rows: Sequence[Mapping[str, Value]]
    cached: Sequence[Mapping[str, Value]]
    list_names: Mapping[str, str]

    @property
    def formulas(self) -> dict[str, str]:
        """Placeholder name → formula, for the parts that are finished later."""
        return {f"{self.sheet.key}_{k}": v for k, v in Formulas(self.sheet).all().items()}

    def _placeholder(self, key: str) -> str:
        return placeholder(f"{self.sheet.key}_{key}")

    def write(self) -> dict[str, str]:
        """Write everything. Returns range → input mode for the parts that are finished later."""
        columns = list(self.sheet.columns.values())
        last = max(self._prepared(), len(self.rows), 1)
        self._headings(columns)
        self._table(columns, last)
        self._cells(columns)
        modes = self._validations(columns)
        self._conditions(columns)
        self._screen(columns)
        self._paper(columns)
        return modes

    def _prepared(self) -> int:
        if self.sheet.role == "output":
            return 1
        if self.sheet.key == "closed_days":
            return len(self.rows)
        return PREPARED

    def _letter(self, key: str) -> str:
        return xl_col_to_name(list(self.sheet.columns).index(key))

    def _headings(self, columns: list[Column]) -> None:
        for number, column in enumerate(columns):
            if column.type == "formula":
                style = self.look.calculated(align="left", **_calculated_look(column.key))
            elif self.sheet.role == "output":
                style = self.look(
                    locked=False, text_wrap=True, bottom=4, bottom_color="#D5DBE1", valign="top"
                )
            else:
                style = self.look.input(column.type)
            self.ws.set_column(number, number, column.width, style)
        self.ws.set_row_pixels(0, 44)

    def _table(self, columns: list[Column], last: int) -> None:
        formulas = Formulas(self.sheet).all()
        spec = []
        for column in columns:
            kind = "required" if column.required else "optional"
            if column.type == "formula":
                kind = "calculated"
            item = {"header": column.label, "header_format": self.look.heading(kind)}
            if column.key in formulas:
                item["formula"] = self._placeholder(column.key)
            spec.append(item)
        self.ws.add_table(
            0,
            0,
            last,
            len(columns) - 1,
            {"name": self.sheet.table, "columns": spec, "style": None, "autofilter": True},
        )
        for number, column in enumerate(columns):
            if column.key not in formulas:
                continue
            style = self.look.calculated(align="left", **_calculated_look(column.key))
            for row in range(last):
                value = self.cached[row].get(column.key, "") if row < len(self.cached) else ""
                if hasattr(value, "isoformat"):
                    value = live.serial(value)
                self.ws.write_formula(row + 1, number, self._placeholder(column.key), style, value)

    def _cells(self, columns: list[Column]) -> None:
        numbers = {column.key: (number, column.type) for number, column in enumerate(columns)}
        for row, values in enumerate(self.rows, 1):
            for key, value in values.items():
                number, type_ = numbers[key]
                write_value(self.ws, row, number, value, self.look.input(type_))

    def _validations(self, columns: list[Column]) -> dict[str, str]:
        if self.sheet.role == "output":
            return {}
        modes = {}
        for number, column in enumerate(columns):
            cells = guard.validate(self.ws, number, column, self.list_names.get(column.list, ""))
            if column.ime:
                modes[cells] = column.ime
        return modes

    def _conditions(self, columns: list[Column]) -> None:
        if self.sheet.role == "output":
            return
        keys = list(self.sheet.columns)
        inputs = [key for key in keys if self.sheet.columns[key].type != "formula"]
        row = f"${self._letter(inputs[0])}2:${self._letter(inputs[-1])}2"
        filled = f"COUNTA({row})>0"
        stop = self.look.difference(bg_color=STOP_FILL, font_color=STOP_INK)
        gap = self.look.difference(bg_color=SOON_FILL, pattern=1)
        dates = [key for key in keys if self.sheet.columns[key].type == "date"]
        low, high = live.serial(live.FIRST), live.serial(live.LAST)
        wrong_day = self.look.difference(
            bg_color=STOP_FILL, font_color=STOP_INK, num_format='"▲ "0;"▲ "-0;"▲ "0;"▲ "@'
        )
        for key in dates:
            cell = f"{self._letter(key)}2"
            self._rule(
                key,
                f"AND(LEN({cell})>0,OR(ISTEXT({cell}),{cell}<{low},{cell}>{high + 1}))",
                wrong_day,
            )
            spans = "+".join(f"({cell}>={a})*({cell}<{b + 1})" for a, b in _FIRST_YEARS)
            first_year = self.look.difference(num_format=FIRST_YEAR_DATE)
            self._rule(key, f"AND(ISNUMBER({cell}),{spans})", first_year)
        for need in live.needs(self.sheet.key):
            cell = f"{self._letter(need.key)}2"
            formula = f"AND({filled},LEN(TRIM({cell}))=0"
            if need.when:
                words = schema().lists[self.sheet.columns[need.when].list]
                watched = f"${self._letter(need.when)}2"
                formula += f",OR({','.join(f'{watched}={chr(34)}{words[v]}{chr(34)}' for v in need.values)})"
            self._rule(need.key, formula + ")", gap)
        for key in Formulas(self.sheet).all():
            # A value typed or pasted over a formula would freeze: it must catch the eye.
            cell = f"{self._letter(key)}2"
            self._rule(key, f"AND({filled},NOT(_xlfn.ISFORMULA({cell})))", stop)
        if "limit_state" in keys:
            self._filing_conditions()
        if self.sheet.key == "ledger":
            self._ledger_conditions()
        if self.sheet.key == "members":
            self._expiry("e_certificate_expiry", f'AND(${self._letter("lost")}2="",', ")")
        if self.sheet.key == "closed_days":
            self.ws.data_validation  # noqa: B018

    def _rule(self, key: str, formula: str, style) -> None:
        letter = self._letter(key)
        self.ws.conditional_format(
            f"{letter}2:{letter}{guard.LAST_ROW}",
            {"type": "formula", "criteria": f"={formula}", "format": style},
        )

    def _filing_conditions(self) -> None:
        words = schema().lists["limit_state"]
        state = f"${self._letter('limit_state')}2"
        stop = self.look.difference(
            bg_color=STOP_FILL,
            font_color=STOP_INK,
            bold=True,
            num_format='General;General;General;"▲ "@',
        )
        soon = self.look.difference(
            bg_color=SOON_FILL,
            font_color=SOON_INK,
            bold=True,
            num_format='General;General;General;"● "@',
        )
        late = self.look.difference(font_color=STOP_INK, num_format='General;General;General;"▽ "@')
        for key in ("limit_state", "days_left"):
            self._rule(key, f'{state}="{words["overdue"]}"', stop)
            self._rule(key, f'{state}="{words["soon"]}"', soon)
            self._rule(key, f'{state}="{words["late"]}"', late)
        for key in ("limit", "limit_state"):
            cell = f"{self._letter(key)}2"
            self._rule(key, f'OR({cell}="{live.CHECK_DATE}",{cell}="{live.CHECK_CLOSED}")', stop)
        cell = f"{self._letter('number_check')}2"
        good = "+".join(f'({cell}="{live.NUMBER_WORDS[key]}")' for key in live.GOOD_NUMBER)
        self._rule("number_check", f'AND({cell}<>"",({good})=0)', stop)
        later = live.NUMBER_WORDS["later"]
        pending = self.look.difference(
            font_color=SOON_INK, num_format='General;General;General;"● "@'
        )
        self._rule("number_check", f'{cell}="{later}"', pending)
        cell = f"{self._letter('input_check')}2"
        self._rule("input_check", f'AND({cell}<>"",{cell}<>"{live.OK}")', stop)
        done = self.look.difference(font_color=DONE_INK, num_format='General;General;General;"○ "@')
        self._rule("input_check", f'{cell}="{live.OK}"', done)
        self._rule(
            "number_check", f'{self._letter("number_check")}2="{live.NUMBER_WORDS["ok"]}"', done
        )

    def _ledger_conditions(self) -> None:
        words = schema().lists["return_state"]
        cell = f"{self._letter('state')}2"
        stop = self.look.difference(
            bg_color=STOP_FILL,
            font_color=STOP_INK,
            bold=True,
            num_format='General;General;General;"▲ "@',
        )
        soon = self.look.difference(
            bg_color=SOON_FILL,
            font_color=SOON_INK,
            bold=True,
            num_format='General;General;General;"● "@',
        )
        done = self.look.difference(font_color=DONE_INK, num_format='General;General;General;"○ "@')
        self._rule("state", f'{cell}="{words["overdue"]}"', stop)
        self._rule("state", f'{cell}="{live.CHECK_DATE}"', stop)
        self._rule("state", f'{cell}="{words["waiting"]}"', soon)
        self._rule("state", f'{cell}="{words["returned"]}"', done)

    def _expiry(self, key: str, before: str, after: str) -> None:
        cell = f"{self._letter(key)}2"
        stop = self.look.difference(bg_color=STOP_FILL, font_color=STOP_INK)
        soon = self.look.difference(bg_color=SOON_FILL, font_color=SOON_INK)
        self._rule(key, f"{before}ISNUMBER({cell}),ISNUMBER({AS_OF}),{cell}<{AS_OF}{after}", stop)
        self._rule(
            key, f"{before}ISNUMBER({cell}),ISNUMBER({AS_OF}),{cell}<={AS_OF}+90{after}", soon
        )

    def _screen(self, columns: list[Column]) -> None:
        self.ws.hide_gridlines(2)
        frozen = FROZEN.get(self.sheet.key)
        self.ws.freeze_panes(1, list(self.sheet.columns).index(frozen) + 1 if frozen else 0)
        self.ws.set_selection(1, 0, 1, 0)
        colors = {"input": ACCENT, "ledger": "#7FA3B8", "output": "#B8C4CC"}
        self.ws.set_tab_color(colors[self.sheet.role])
        everything = xl_range(1, 0, guard.LAST_ROW - 1, len(columns) - 1)
        self.ws.ignore_errors({"number_stored_as_text": everything, "formula_unlocked": everything})

    def _paper(self, columns: list[Column]) -> None:
        key = self.sheet.key
        secret = any(column.type == "individual_number" for column in columns)
        page.setup(self.ws, self.sheet.name, secret=secret)
        self.ws.repeat_rows(0)
        if self.sheet.role == "output" or key == "closed_days":
            page.one_wide(self.ws)
            return
        frozen = list(self.sheet.columns).index(FROZEN[key]) + 1
        page.side_by_side(self.ws, [column.width for column in columns], frozen)


def _calculated_look(key: str) -> dict:
    if key == "limit":
        from shikaku.book.template.look import DATE

        return {"num_format": DATE, "shrink": True}
    if key == "days_left":
        return {"num_format": '0"日";▲0"日";"当日"'}
    if key == "input_check":
        return {"shrink": True}
    return {}


def write_value(ws: Worksheet, row: int, column: int, value: Value, style) -> None:
    """Write a cell as it is: a day as an Excel date, text as text, an error as an error."""
    if isinstance(value, bool):
        ws.write_boolean(row, column, value, style)
    elif hasattr(value, "isoformat"):
        ws.write_datetime(row, column, value, style)
    elif isinstance(value, (int, float)):
        ws.write_number(row, column, value, style)
    elif value in ERROR_TEXTS:
        ws.write_formula(row, column, f"={value}", style, value)
    else:
        ws.write_string(row, column, value, style)


def dynamic_print_area(sheet: Sheet, minimum: int = 26) -> str:
    """A print area that ends at the last filled row, so that prepared blank rows stay off paper."""
    last = xl_col_to_name(len(sheet.columns) - 1)
    key = "name" if "name" in sheet.columns else list(sheet.columns)[0]
    names = f"{sheet.table}[{sheet.label(key)}]"
    filled = f'SUMPRODUCT(MAX(({names}<>"")*ROW({names})))'
    return f"='{sheet.name}'!$A$1:INDEX('{sheet.name}'!${last}:${last},MAX({minimum},{filled}))"


__all__ = ["CLOSED_BROKEN", "PREPARED", "TableSheet", "dynamic_print_area", "write_value"]
