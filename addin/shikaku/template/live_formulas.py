"""The live columns as plain formulas. ``shikaku.live`` gives the same in Python, cell for cell.

Only functions that Excel 2013 and later, Excel on the web, Excel for Mac and LibreOffice all know;
no array entry, no LET, XLOOKUP or spilling. Long formulas are put together from named parts here,
because a workbook without LET can't.
"""

from collections.abc import Iterable

from xlsxwriter.utility import xl_col_to_name

from shikaku.live import columns
from shikaku.model.ledger import GONE
from shikaku.model.people import VOLUNTARY
from shikaku.model.schema import Sheet, schema
from shikaku.template import date_formulas
from shikaku.template.date_formulas import text as _text

AS_OF = "判定日"
DAYS_AFTER_EVENT = "加算日数_取得と異動"
DAYS_AFTER_LOSS = "加算日数_喪失"
WEEKEND = "休業曜日"
ROLL = "期限を繰り下げる"
CLOSED = "休業日"
CLOSED_BROKEN = "休日に日付でない行"
PENDING_WORDS = "番号の代わりの語"
"""Names that 設定, 休日 and コード表 define for the formulas."""

DIGITS = "個人番号の文字"
"""A name of each filing's own: 個人番号 of the same row without spaces and hyphens."""


def typed_days(sheet: Sheet) -> tuple[str, ...]:
    """The columns of days that formulas read in any spelling. The other days of 返納管理 are written
    by us, as real dates; three of the long names in one formula would be too much for LibreOffice."""
    if sheet.key == "ledger":
        return ("returned",)
    return (columns.EVENT[sheet.key], "filed") if sheet.key in columns.EVENT else ()


def without(reference: str, characters: str) -> str:
    """The text of a cell without some characters."""
    return date_formulas.replaced(reference, dict.fromkeys(characters, ""))


def _numbers(values: Iterable[object]) -> str:
    return "{" + ",".join(str(value) for value in values) + "}"


class Formulas:
    """The formulas of one sheet; ``[#This Row]`` keeps them right when columns are moved."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet

    def cell(self, key: str) -> str:
        """The cell of this row in a column, as a structured reference."""
        return f"{self.sheet.table}[[#This Row],[{self.sheet.label(key)}]]"

    def column(self, key: str) -> str:
        """A whole column of the table."""
        return f"{self.sheet.table}[{self.sheet.label(key)}]"

    def blank(self, key: str) -> str:
        """TRUE when nothing but spaces is in the cell."""
        return f'{without(self.cell(key), columns.SPACES)}=""'

    def day(self, key: str) -> str:
        """The day of one of ``typed_days``. As it stands for a long formula it may come once in another."""
        return date_formulas.NAME + self.sheet.label(key)

    def by_day(self, key: str, good: str, blank: str, bad: str) -> str:
        """One of three expressions: the cell, one of ``typed_days``, holds a sane day in whatever
        spelling, is blank, or is anything else. ``good`` is an error when its ``day`` is."""
        return f"IF(IFERROR({self.blank(key)},FALSE),{blank},IFERROR({good},{bad}))"

    def by_date(self, key: str, good: str, blank: str, bad: str) -> str:
        """The same for a cell that only we write: a sane day is a real date."""
        cell = self.cell(key)
        first, last = columns.serial(columns.FIRST), columns.serial(columns.LAST)
        return (
            f"IF(ISNUMBER({cell}),IF(({cell}>={first})*({cell}<{last + 1}),{good},{bad}),"
            f"IF(ISERROR({cell}),{bad},IF({self.blank(key)},{blank},{bad})))"
        )

    def all(self) -> dict[str, str]:
        """Column key → formula, for the calculated columns of this sheet."""
        if self.sheet.key == "ledger":
            return {"state": self.ledger_state()}
        if "limit" not in self.sheet.columns:
            return {}
        return {
            "limit": self.limit(),
            "limit_state": self.limit_state(),
            "days_left": self.days_left(),
            "number_check": self.number_check(),
            "input_check": self.input_check(),
        }

    def limit(self) -> str:
        """提出期限: the last day to file, on an open day."""
        key = columns.EVENT[self.sheet.key]
        added = DAYS_AFTER_LOSS if self.sheet.key == "loss" else DAYS_AFTER_EVENT
        if self.sheet.key == "acquisition":
            words, kind = schema().lists["kind"], self.cell("kind")
            voluntary = "+".join(f"({kind}={_text(words[key])})" for key in VOLUNTARY)
            added = f"IFERROR(IF({voluntary},{columns.VOLUNTARY_DAYS - 1},{added}),{added})"
        # The day before, plus one open day: the day itself when it is open, else the next one.
        # Where nothing rolls every day is open.
        closed = f"IF({ROLL},{CLOSED},0)"
        last = f"WORKDAY.INTL({self.day(key)}+{added}-1,1,{WEEKEND},{closed})"
        good = f"IF({ROLL}*{CLOSED_BROKEN},{_text(columns.CHECK_CLOSED)},{last})"
        return "=" + self.by_day(key, good, '""', _text(columns.CHECK_DATE))

    def limit_state(self) -> str:
        """期限判定."""
        words = schema().lists["limit_state"]
        limit = self.cell("limit")
        open_ = (
            f"IF(ISNUMBER({AS_OF}),IF({AS_OF}>{limit},{_text(words['overdue'])},"
            f"IF({limit}-{AS_OF}<={columns.SOON},{_text(words['soon'])},{_text(words['in_time'])})),{AS_OF})"
        )
        done = f"IF({self.day('filed')}<={limit},{_text(words['in_time'])},{_text(words['late'])})"
        state = self.by_day("filed", done, open_, _text(columns.CHECK_DATE))
        return f"=IF(ISNUMBER({limit}),{state},{limit})"

    def days_left(self) -> str:
        """残日数: calendar days to the limit, negative after it; blank once filed."""
        limit = self.cell("limit")
        left = f'IF(ISNUMBER({AS_OF}),{limit}-{AS_OF},"")'
        return f'=IF(ISNUMBER({limit})*IFERROR({self.blank("filed")},FALSE),{left},"")'

    def input_check(self) -> str:
        """入力チェック: OK, or the labels of what is missing."""
        first, last = columns.input_span(self.sheet)
        row = f"{self.sheet.table}[[#This Row],[{self.sheet.label(first)}]:[{self.sheet.label(last)}]]"
        parts = [
            f"IF({self.missing(need)},{_text('、' + self.sheet.label(need.key))},{QUOTES})"
            for need in columns.needs(self.sheet.key)
        ]
        parts += [self.clash(clash) for clash in columns.clashes(self.sheet.key)]
        parts.append(self.future_birth())
        # "OK" and the list of gaps, each gap with 、 before it: "OK、" goes when there is a gap.
        said = f'SUBSTITUTE({_text(columns.OK)}&{"&".join(parts)},{_text(columns.OK + "、")},"")'
        return f'=IF(COUNTA({row})=0,"",IFERROR({said},{_text(columns.ERROR_CELL)}))'

    def clash(self, clash: columns.Clash) -> str:
        """The words of a clash of two days with 、 before them, or nothing. An error in a cell that
        is no day of its own business mustn't come through: hence one IF in another."""
        first, second = self.cell(clash.first), self.cell(clash.second)
        low, high = columns.serial(columns.FIRST), columns.serial(columns.LAST) + 1
        sane = "*".join(f"({cell}>={low})*({cell}<{high})" for cell in (first, second))
        wrong = {
            "order": f"(INT({first})>INT({second}))",
            "next_day": f"(INT({second})<>INT({first})+1)",
            "birthday": f"(INT({second})<>DATE(YEAR({first})+75,MONTH({first}),DAY({first})))",
        }[clash.kind]
        for condition in clash.when:
            wrong += f"*({self.condition(condition)})"
        words = _text("、" + columns.clash_text(self.sheet, clash))
        said = f"IF({wrong},{words},{QUOTES})"
        return (
            f"IF(ISNUMBER({first}),IF(ISNUMBER({second}),IF({sane},{said},{QUOTES}),{QUOTES}),"
            f"{QUOTES})"
        )

    def future_birth(self) -> str:
        """The words for a birth after the day of judgement, with 、 before them, or nothing."""
        birth = self.cell("birth")
        words = _text("、" + columns.future_birth(self.sheet))
        high = columns.serial(columns.LAST) + 1
        late = f"IF((INT({birth})>{AS_OF})*({birth}<{high}),{words},{QUOTES})"
        return f"IF(ISNUMBER({birth}),IF(ISNUMBER({AS_OF}),{late},{QUOTES}),{QUOTES})"

    def missing(self, need: columns.Need) -> str:
        """TRUE or 1 when the cell is blank and the row's other cells make it necessary."""
        conditions = [f"({self.condition(condition)})" for condition in need.when]
        return "*".join([f"({self.blank(need.key)})", *conditions])

    def condition(self, condition: columns.Condition) -> str:
        """What ``live.Condition`` says of this row."""
        cell = self.cell(condition.key)
        if not condition.values:
            return f"N({cell})>0"
        words = schema().lists[self.sheet.columns[condition.key].list]
        sign, join = ("<>", "*") if condition.unless else ("=", "+")
        return join.join(f"({cell}{sign}{_text(words[value])})" for value in condition.values)

    def names(self) -> dict[str, str]:
        """The names of the sheet's own that its formulas use, with what they stand for. A name's
        reference is relative to the row and counts from A1."""
        found: dict[str, str] = {}
        for key in typed_days(self.sheet):
            found |= date_formulas.chain(self._from_row_1(key), self.sheet.label(key))
        if "number_check" in self.sheet.columns:
            found[DIGITS] = self._digits()
        return found

    def _from_row_1(self, key: str) -> str:
        letter = xl_col_to_name(list(self.sheet.columns).index(key))
        return f"'{self.sheet.name}'!${letter}1"

    def _digits(self) -> str:
        """What ``DIGITS`` stands for: the long chain stands in the file once and not in every row
        thirteen times, which would make LibreOffice ten seconds slower."""
        cell = self._from_row_1("individual_number")
        return "=" + without(cell, columns.SPACES + columns.HYPHENS)

    def number_check(self) -> str:
        """個人番号チェック, in the order of domain.md §4.2."""
        words = columns.NUMBER_WORDS
        cell = self.cell("individual_number")
        typed = without(cell, columns.SPACES)
        digits = DIGITS
        places = columns.DIGITS

        def digit(start: int, end: int) -> str:
            span = _numbers(range(start, end + 1))
            return f"(MOD(FIND(MID({digits},{span},1),{_text(places)})-1,10))"

        # FIND sees through full width, where Excel's own conversion depends on its language. The
        # zeros stand in for what is past the end: FIND("") is 1 in Excel and an error elsewhere.
        scan = columns.SCAN
        padded = f'MID({digits}&"{"0" * scan}",{_numbers(range(1, scan + 1))},1)'
        no_digits = f"SUMPRODUCT(--ISNUMBER(FIND({padded},{_text(places)})))<{scan}"
        corporate = f"9-MOD(SUMPRODUCT({digit(2, 13)}*{_numbers([2, 1] * 6)}),9)=SUMPRODUCT({digit(1, 1)}*1)"
        check_digit = f"MOD(MOD(-SUMPRODUCT({digit(1, 11)}*{_numbers([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])}),11),10)"
        value = f"SUMPRODUCT({digit(1, 12)}*10^{_numbers(range(11, -1, -1))})"
        dummies = _numbers(int(number) for number in columns.dummies())
        if "no_number_reason" in self.sheet.columns:
            reasons = schema().lists["no_number_reason"]
            reason = self.cell("no_number_reason")
            known = "+".join(f"({reason}={_text(v)})" for v in reasons.values())
            blank = (
                f"IF(ISERROR({reason}),{_text(words['blank'])},"
                f"IF({reason}={_text(reasons['later'])},{_text(words['later'])},"
                f"IF({known},{_text(words['reasoned'])},{_text(words['blank'])})))"
            )
        else:
            blank = _text(words["not_given"])
        blank = f"IF(ISBLANK({self.cell('number_erased')}),{blank},{_text(words['erased'])})"
        steps = [
            (f"ISERROR({cell})", _text(words["error"])),
            (f"OR(ISNUMBER({cell}),ISLOGICAL({cell}))", _text(words["numeric"])),
            (f'{typed}=""', blank),
            (f'{digits}=""', _text(words["pending"])),
            (f"ISNUMBER(MATCH({digits},{PENDING_WORDS},0))", _text(words["pending"])),
            (
                f'ISNUMBER(FIND("E+",UPPER({digits})))*ISNUMBER(FIND(LEFT({digits},1),{_text(places)}))',
                _text(words["exponent"]),
            ),
            (no_digits, _text(words["not_digits"])),
            (
                f"LEN({digits})=13",
                f"IF({corporate},{_text(words['corporate'])},{_text(words['length'])})",
            ),
            (f"LEN({digits})<>12", _text(words["length"])),
            (f"{check_digit}<>SUMPRODUCT({digit(12, 12)}*1)", _text(words["checksum"])),
            (f"OR({value}={dummies})", _text(words["dummy"])),
            (f'EXACT(TEXT({value},"000000000000"),{cell})', _text(words["ok"])),
        ]
        formula = _text(words["respelled"])
        for condition, result in reversed(steps):
            formula = f"IF({condition},{result},{formula})"
        return f'=IF({self.cell("input_check")}="","",{formula})'

    def ledger_state(self) -> str:
        """状況 of a row of 返納管理, in the order of ``decisions.returns.state``."""
        words = {key: _text(value) for key, value in schema().lists["return_state"].items()}
        given_up = "+".join(
            f"ISNUMBER(FIND({_text(schema().lists['collected'][key])},{self.cell('remarks')}))"
            for key in GONE
        )
        bad = _text(columns.CHECK_DATE)
        after_due = f"IF({AS_OF}>INT({self.cell('due')}),{words['overdue']},{words['waiting']})"
        lost = self.by_date("due", after_due, words["waiting"], bad)
        insured = self.by_date("due", after_due, words["not_yet"], bad)
        coming = f"IF(INT({self.cell('lost')})>{AS_OF},{words['not_yet']},{lost})"
        by_days = f"IF(ISNUMBER({AS_OF}),{self.by_date('lost', coming, insured, bad)},{AS_OF})"
        kept = (
            f"IF({self.cell('required')}={_text(schema().lists['required']['no'])},"
            f"{words['not_applicable']},IF({given_up}>0,{words['not_returnable']},{by_days}))"
        )
        back = f"IF({self.day('returned')},{words['returned']})"
        state = self.by_day("returned", back, kept, bad)
        filled = f"COUNTA({','.join(self.cell(key) for key in columns.LEDGER_KEYS)})"
        return f'=IF({filled}=0,"",IFERROR({state},{_text(columns.ERROR_CELL)}))'


QUOTES = '""'
