"""The live columns as plain formulas. ``shikaku.live`` gives the same in Python, cell for cell.

Only functions that Excel 2010 and later, Excel on the web, Excel for Mac and LibreOffice all know;
no array entry, no LET, XLOOKUP or spilling. Long formulas are put together from named parts here,
because a workbook without LET can't.
"""

from xlsxwriter.utility import xl_col_to_name

from shikaku import live
from shikaku.records import VOLUNTARY
from shikaku.schema import Sheet, schema

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


def _text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _without(reference: str, characters: str) -> str:
    for character in characters:
        reference = f'SUBSTITUTE({reference},{_text(character)},"")'
    return reference


def _numbers(values) -> str:
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
        return f'{_without(self.cell(key), live.SPACES)}=""'

    def by_date(self, key: str, good: str, blank: str, bad: str) -> str:
        """One of three expressions: the cell holds a sane day, is blank, or is anything else."""
        cell = self.cell(key)
        first, last = live.serial(live.FIRST), live.serial(live.LAST)
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
        key = live.EVENT[self.sheet.key]
        days = DAYS_AFTER_LOSS if self.sheet.key == "loss" else DAYS_AFTER_EVENT
        if self.sheet.key == "acquisition":
            words, kind = schema().lists["kind"], self.cell("kind")
            voluntary = "+".join(f"({kind}={_text(words[key])})" for key in VOLUNTARY)
            days = f"IFERROR(IF({voluntary},{live.VOLUNTARY_DAYS - 1},{days}),{days})"
        raw = f"INT({self.cell(key)})+{days}"
        # The day before, plus one open day: the day itself when it is open, else the next one.
        rolled = f"WORKDAY.INTL({raw}-1,1,{WEEKEND},{CLOSED})"
        good = f"IF({ROLL},IF({CLOSED_BROKEN},{_text(live.CHECK_CLOSED)},{rolled}),{raw})"
        return "=" + self.by_date(key, good, '""', _text(live.CHECK_DATE))

    def limit_state(self) -> str:
        """期限判定."""
        words = schema().lists["limit_state"]
        limit, filed = self.cell("limit"), self.cell("filed")
        open_ = (
            f"IF(ISNUMBER({AS_OF}),IF({AS_OF}>{limit},{_text(words['overdue'])},"
            f"IF({limit}-{AS_OF}<={live.SOON},{_text(words['soon'])},{_text(words['in_time'])})),{AS_OF})"
        )
        done = f"IF(INT({filed})<={limit},{_text(words['in_time'])},{_text(words['late'])})"
        state = self.by_date("filed", done, open_, _text(live.CHECK_DATE))
        return f"=IF(ISNUMBER({limit}),{state},{limit})"

    def days_left(self) -> str:
        """残日数: calendar days to the limit, negative after it; blank once filed."""
        limit = self.cell("limit")
        left = f'IF(ISNUMBER({AS_OF}),{limit}-{AS_OF},"")'
        return f'=IF(ISNUMBER({limit}),{self.by_date("filed", QUOTES, left, QUOTES)},"")'

    def input_check(self) -> str:
        """入力チェック: OK, or the labels of what is missing."""
        first, last = live.input_span(self.sheet)
        row = f"{self.sheet.table}[[#This Row],[{self.sheet.label(first)}]:[{self.sheet.label(last)}]]"
        parts = [
            f"IF({self.missing(need)},{_text('、' + self.sheet.label(need.key))},{QUOTES})"
            for need in live.needs(self.sheet.key)
        ]
        # "OK" and the list of gaps, each gap with 、 before it: "OK、" goes when there is a gap.
        said = f'SUBSTITUTE({_text(live.OK)}&{"&".join(parts)},{_text(live.OK + "、")},"")'
        return f'=IF(COUNTA({row})=0,"",IFERROR({said},{_text(live.ERROR_CELL)}))'

    def missing(self, need: live.Need) -> str:
        """TRUE or 1 when the cell is blank and the row's other cells make it necessary."""
        conditions = [f"({self.condition(condition)})" for condition in need.when]
        return "*".join([f"({self.blank(need.key)})", *conditions])

    def condition(self, condition: live.Condition) -> str:
        """What ``live.Condition`` says of this row."""
        cell = self.cell(condition.key)
        if not condition.values:
            return f"N({cell})>0"
        words = schema().lists[self.sheet.columns[condition.key].list]
        sign, join = ("<>", "*") if condition.unless else ("=", "+")
        return join.join(f"({cell}{sign}{_text(words[value])})" for value in condition.values)

    def digits_name(self) -> str:
        """What the name ``DIGITS`` of this sheet stands for. Its reference is relative to the row
        (a name counts from A1), so that the long chain stands in the file once and not in every
        row thirteen times, which would make LibreOffice ten seconds slower."""
        letter = xl_col_to_name(list(self.sheet.columns).index("individual_number"))
        cell = f"'{self.sheet.name}'!${letter}1"
        return "=" + _without(cell, live.SPACES + live.HYPHENS)

    def number_check(self) -> str:
        """個人番号チェック, in the order of domain.md §4.2."""
        words = live.NUMBER_WORDS
        cell = self.cell("individual_number")
        typed = _without(cell, live.SPACES)
        digits = DIGITS
        places = live.DIGITS

        def digit(start: int, end: int) -> str:
            span = _numbers(range(start, end + 1))
            return f"(MOD(FIND(MID({digits},{span},1),{_text(places)})-1,10))"

        # FIND sees through full width, where Excel's own conversion depends on its language. The
        # zeros stand in for what is past the end: FIND("") is 1 in Excel and an error elsewhere.
        scan = live.SCAN
        padded = f'MID({digits}&"{"0" * scan}",{_numbers(range(1, scan + 1))},1)'
        no_digits = f"SUMPRODUCT(--ISNUMBER(FIND({padded},{_text(places)})))<{scan}"
        corporate = f"9-MOD(SUMPRODUCT({digit(2, 13)}*{_numbers([2, 1] * 6)}),9)=SUMPRODUCT({digit(1, 1)}*1)"
        check_digit = f"MOD(MOD(-SUMPRODUCT({digit(1, 11)}*{_numbers([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])}),11),10)"
        value = f"SUMPRODUCT({digit(1, 12)}*10^{_numbers(range(11, -1, -1))})"
        dummies = _numbers(int(number) for number in live.dummies())
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
            for key in live.GONE
        )
        bad = _text(live.CHECK_DATE)
        after_due = f"IF({AS_OF}>INT({self.cell('due')}),{words['overdue']},{words['waiting']})"
        lost = self.by_date("due", after_due, words["waiting"], bad)
        insured = self.by_date("due", after_due, words["not_yet"], bad)
        coming = f"IF(INT({self.cell('lost')})>{AS_OF},{words['not_yet']},{lost})"
        by_days = f"IF(ISNUMBER({AS_OF}),{self.by_date('lost', coming, insured, bad)},{AS_OF})"
        kept = (
            f"IF({self.cell('required')}={_text(schema().lists['required']['no'])},"
            f"{words['not_applicable']},IF({given_up}>0,{words['not_returnable']},{by_days}))"
        )
        state = self.by_date("returned", words["returned"], kept, bad)
        filled = f"COUNTA({','.join(self.cell(key) for key in live.LEDGER_KEYS)})"
        return f'=IF({filled}=0,"",IFERROR({state},{_text(live.ERROR_CELL)}))'


QUOTES = '""'
