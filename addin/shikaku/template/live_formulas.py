"""The live columns as plain formulas. ``shikaku.live`` gives the same in Python, cell for cell.

Only functions that Excel 2013 and later, Excel on the web, Excel for Mac and LibreOffice all know;
no array entry, no LET, XLOOKUP or spilling. Long formulas are put together from named parts here,
because a workbook without LET can't.
"""

import re
from collections.abc import Iterable

from xlsxwriter.utility import xl_col_to_name

from shikaku.fields.era_date import FIRST, LAST
from shikaku.fields.text import DITTO as DITTO_WORDS
from shikaku.law import parameters
from shikaku.live import cell_faults, columns, row_faults, typed_days
from shikaku.model.ledger import GONE
from shikaku.model.people import VOLUNTARY
from shikaku.model.schema import AS_OF_NAME, EVENT, Sheet, schema
from shikaku.template import cell_formulas, date_formulas
from shikaku.template.date_formulas import text as _text

AS_OF = AS_OF_NAME
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

FILLED = "記入した欄の数"
CHOICES = "一覧にない値の列"
DITTO = "同上の列"
LOOKS = "書き方の違う列"
"""Further ones: how many cells of the row are filled in, and the message about the columns with a value
that isn't in the list, with 「同上」, or that looks wrong by itself."""

SOME = "枚数がある_"
"""How the names begin that say whether a count is above 0."""


def read_days(sheet: Sheet) -> tuple[str, ...]:
    """The columns of days that formulas read in any spelling. The other days of 返納管理 are written
    by us, as real dates."""
    return ("returned",) if sheet.key == "ledger" else typed_days.DAYS.get(sheet.key, ())


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
        return f"{self.sheet.table}[[#This Row],[{self._label(key)}]]"

    def column(self, key: str) -> str:
        """A whole column of the table."""
        return f"{self.sheet.table}[{self._label(key)}]"

    def _label(self, key: str) -> str:
        """A heading as a structured reference has it: its brackets and the like behind a '."""
        return re.sub(r"([\[\]#'])", r"'\1", self.sheet.label(key))

    def blank(self, key: str) -> str:
        """TRUE when nothing but spaces is in the cell."""
        return f'{without(self.cell(key), typed_days.SPACES)}=""'

    def day_name(self, key: str) -> str:
        """The name that stands for a day's long formula; it has the form's own label in it."""
        return date_formulas.NAME + schema().sheets[self.sheet.key].label(key)

    def _of_days(self, key: str, length: int) -> str:
        """What 「日付の値」 has of a day, from its first character on."""
        start = typed_days.WIDTH * typed_days.DAYS[self.sheet.key].index(key) + 1
        return f"MID({self.cell('days')},{start},{length})"

    def day(self, key: str) -> str:
        """The day of one of ``read_days`` as a number; an error for a blank and for what is none."""
        if self.sheet.key == "ledger":
            return self.day_name(key)
        return f"({self._of_days(key, typed_days.WIDTH)}+0)"

    def bad_day(self, key: str) -> str:
        """Whether a filled cell of ``read_days`` of a filing is no day."""
        return f'{self._of_days(key, 1)}="{typed_days.BAD_DAY[0]}"'

    def by_day(self, key: str, good: str, blank: str, bad: str) -> str:
        """One of three expressions: the cell, one of ``read_days``, holds a sane day in whatever
        spelling, is blank, or is anything else. ``good`` is an error when its ``day`` is."""
        empty = f"IFERROR({self.blank(key)},FALSE)"
        if self.sheet.key != "ledger":
            empty = f'{self._of_days(key, 1)}="{typed_days.BLANK_DAY[0]}"'
        return f"IF({empty},{blank},IFERROR({good},{bad}))"

    def by_date(self, key: str, good: str, blank: str, bad: str) -> str:
        """The same for a cell that only we write: a sane day is a real date."""
        cell = self.cell(key)
        first, last = typed_days.serial(FIRST), typed_days.serial(LAST)
        late = date_formulas.late(cell)
        return (
            f"IF(ISNUMBER({cell}),IF(({late}>={first})*({late}<{last + 1}),{good},{bad}),"
            f"IF(ISERROR({cell}),{bad},IF({self.blank(key)},{blank},{bad})))"
        )

    def all(self) -> dict[str, str]:
        """Column key → formula, for the calculated columns of this sheet."""
        if self.sheet.key == "ledger":
            return {"state": self.ledger_state()}
        if "limit" not in self.sheet.columns:
            return {}
        return {
            "status": self.status(),
            "days": self.days(),
            "limit": self.limit(),
            "limit_state": self.limit_state(),
            "days_left": self.days_left(),
            "number_check": self.number_check(),
            "input_check": self.input_check(),
        }

    def days(self) -> str:
        """日付の値: the row's days as one text (``typed_days.packed``)."""
        blank, bad = _text(typed_days.BLANK_DAY), _text(typed_days.BAD_DAY)
        return "=" + "&".join(
            f"IF(IFERROR({self.blank(key)},FALSE),{blank},"
            f'IFERROR(TEXT({self.day_name(key)},"{"0" * typed_days.WIDTH}"),{bad}))'
            for key in typed_days.DAYS[self.sheet.key]
        )

    def status(self) -> str:
        """行の状態: the first fault, or what is worst of the other live columns."""
        checked, number, state = (
            self.cell(key) for key in ("input_check", "number_check", "limit_state")
        )
        worst = f'LEFT({checked},FIND("、",{checked}&"、")-1)'
        fine = "+".join(f"({checked}={_text(word)})" for word in row_faults.FINE)
        calm = self._among(number, columns.words_of(columns.WAITING_NUMBER))
        quiet = f"IF({calm},{number},{checked})"
        pressing = f"IF({self._among(state, columns.PRESSING)},{state},{quiet})"
        good = self._among(number, columns.words_of(columns.GOOD_NUMBER))
        return f'=IF({checked}="","",IF({fine},IF({good},{pressing},{number}),{worst}))'

    @staticmethod
    def _among(cell: str, words: Iterable[str]) -> str:
        return f"ISNUMBER(MATCH({cell},{_numbers(map(_text, words))},0))"

    def limit(self) -> str:
        """提出期限: the last day to file, on an open day."""
        key = EVENT[self.sheet.key]
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
        """入力チェック: the faults, or a word that says that there are none (``row_faults``)."""
        parts = [
            f"IF({self.missing(need)},{_text('、' + self.sheet.label(need.key))},{QUOTES})"
            for need in row_faults.needs(self.sheet.key)
        ]
        parts += [CHOICES, DITTO, LOOKS]
        parts += [
            f"IF({self.bad_day(key)},{self._message(row_faults.day_text(self.sheet, key))},{QUOTES})"
            for key in typed_days.DAYS[self.sheet.key]
        ]
        late = f"IF(ISNUMBER({AS_OF}),{self.day('birth')}>{AS_OF},FALSE)"
        parts.append(self._found(late, row_faults.future_birth(self.sheet)))
        parts += [self.clash(clash) for clash in row_faults.clashes(self.sheet.key)]
        # A mark and the list of faults, each with 、 before it: what is left of the mark is no fault.
        message = f'SUBSTITUTE("{_MARK}"&{"&".join(parts)},"{_MARK}、","")'
        message = f'SUBSTITUTE({message},"{_MARK}",{self._fine()})'
        return f'=IF({FILLED}=0,"",IFERROR({message},{_text(row_faults.ERROR_CELL)}))'

    @staticmethod
    def _message(words: str) -> str:
        return _text("、" + words)

    def _found(self, condition: str, words: str) -> str:
        """The words with 、 before them where a condition on days holds; nothing where a day lacks."""
        return f"IFERROR(IF({condition},{self._message(words)},{QUOTES}),{QUOTES})"

    def _fine(self) -> str:
        """The word for a row without faults."""
        settled = self._among(self.cell("number_check"), columns.words_of(columns.SETTLED_NUMBER))
        ok = _text(row_faults.OK)
        if self.sheet.key == "acquisition":
            words, kind = schema().lists["kind"], self.cell("kind")
            insured = "*".join(f"({kind}<>{_text(w)})" for k, w in words.items() if k != "insured")
            birth, acquired = self.day("birth"), self.day(EVENT["acquisition"])
            age = f"DATE(YEAR({birth})+{row_faults.WORKING_AGE},MONTH({birth}),DAY({birth}))"
            young = f"{insured}*({birth}<={acquired})*({acquired}<{age})"
            ok = f"IF(IFERROR({young},FALSE),{_text(row_faults.YOUNG)},{ok})"
        return f"IF({settled}*ISNUMBER({AS_OF}),{ok},{_text(row_faults.NO_GAPS)})"

    def clash(self, clash: row_faults.Clash) -> str:
        """The words of a clash of two days with 、 before them, or nothing."""
        first, second = self.day(clash.first), self.day(clash.second)
        leaves = f"DATE(YEAR({first})+{LEAVING},MONTH({first}),DAY({first}))"
        near = f"*IF(ISNUMBER({AS_OF}),{second}<={AS_OF}+{row_faults.FAR},FALSE)"
        if clash.kind == "filed":
            wrong = self._filed_before(clash)
        elif clash.kind == "next_day":
            wrong = f"({second}<>{first}+1)"
        elif clash.kind == "birthday":
            wrong = f"({first}<={second})*({second}<>{leaves})"
        elif clash.kind == "joins":
            wrong = f"({second}>={leaves}){near}"
        elif clash.kind == "stays":
            wrong = f"({second}>{leaves}){near}"
        elif clash.kind == "born":
            key, word = row_faults.BIRTH
            wrong = f"({first}<{second})*ISNUMBER(FIND({_text(word)},{self.cell(key)}))"
        else:
            wrong = f"({first}>{second})"
        for condition in clash.when:
            wrong += f"*({self.condition(condition)})"
        if clash.first == "birth":  # one that is to come is a fault of its own
            wrong += f"*IF(ISNUMBER({AS_OF}),{first}<={AS_OF},TRUE)"
        return self._found(wrong, row_faults.clash_text(self.sheet, clash))

    def _filed_before(self, clash: row_faults.Clash) -> str:
        """``row_faults._filed_before``: an error where a day lacks."""
        event, filed, birth = self.day(clash.first), self.day(clash.second), self.day("birth")
        far = f"{AS_OF}+{row_faults.FAR}"
        sane = f"({birth}<={event})*({event}<={far})*IF(ISNUMBER({AS_OF}),{filed}<={AS_OF},FALSE)"
        wrong = f"({filed}<{event})*{sane}"
        if self.sheet.key != "loss":
            return wrong
        causes = schema().lists["loss_cause"]
        strict = "+".join(
            f"({self.cell('cause')}={_text(causes[key])})" for key in row_faults.ON_THE_DAY
        )
        left = self.by_day("left", self.day("left"), f"{event}-1", "NA()")
        first = f"IF({strict},{event},{left})"
        return f"{wrong}*({birth}<={first})*({first}<={far})*({filed}<{first})"

    def missing(self, need: row_faults.Need) -> str:
        """TRUE or 1 when the cell is blank and the row's other cells make it necessary."""
        conditions = [f"({self.condition(condition)})" for condition in need.when]
        return "*".join([f"({self.blank(need.key)})", *conditions])

    def condition(self, condition: row_faults.Condition) -> str:
        """What ``row_faults.Condition`` says of this row."""
        cell = self.cell(condition.key)
        if not condition.values:
            return SOME + schema().sheets[self.sheet.key].label(condition.key)
        words = schema().lists[self.sheet.columns[condition.key].list]
        sign, join = ("<>", "*") if condition.unless else ("=", "+")
        return join.join(f"({cell}{sign}{_text(words[value])})" for value in condition.values)

    def names(self) -> dict[str, str]:
        """The names of the sheet's own that its formulas use, with what they stand for. A name's
        reference is relative to the row and counts from A1."""
        found: dict[str, str] = {}
        for key in read_days(self.sheet):
            label = schema().sheets[self.sheet.key].label(key)
            found |= date_formulas.chain(self._from_row_1(key), label)
        if "number_check" in self.sheet.columns:
            found[DIGITS] = self._digits()
            cells = ",".join(
                map(self._from_row_1, row_faults.inputs(schema().sheets[self.sheet.key]))
            )
            found[FILLED] = f"=COUNTA({cells})"
            found[CHOICES] = self._outside()
            found[DITTO] = self._ditto()
            found[LOOKS] = self._looks()
            for key in row_faults.counted(self.sheet.key):
                name = SOME + schema().sheets[self.sheet.key].label(key)
                found[name] = "=" + cell_formulas.positive(self._from_row_1(key))
        return found

    def _trimmed(self, key: str) -> str:
        """A cell's text between bars, its wide spaces as plain ones, outer ones gone."""
        return f'"|"&{cell_formulas.trimmed(self._from_row_1(key))}&"|"'

    def _outside(self) -> str:
        """The message about the columns whose value isn't in its list; FIND is exact, MATCH is not."""
        parts = []
        for key in row_faults.choices(self.sheet.key):
            words = schema().lists[schema().sheets[self.sheet.key].columns[key].list].values()
            known = _text(f"||{'|'.join(words)}|")
            message = self._message(row_faults.choice_text(self.sheet, key))
            cell = self._from_row_1(key)
            # An error value comes through as it is.
            odd = f"IF(ISERROR({cell}),{cell},ISERROR(FIND({self._trimmed(key)},{known})))"
            parts.append(f"IF({odd},{message},{QUOTES})")
        return "=" + "&".join(parts)

    def _ditto(self) -> str:
        """The message about the columns with 「同上」."""
        words = _text(f"|{'|'.join(DITTO_WORDS)}|")
        return "=" + "&".join(
            f"IF(IF(ISERROR({cell}),{cell},ISNUMBER(FIND({self._trimmed(key)},{words}))),"
            f"{self._message(row_faults.ditto_text(self.sheet, key))},{QUOTES})"
            for key in row_faults.dittoable(self.sheet.key)
            for cell in (self._from_row_1(key),)
        )

    def _looks(self) -> str:
        """The message about the columns that look wrong by themselves."""
        sheet = schema().sheets[self.sheet.key]
        return "=" + "&".join(
            f"IF({wrong},{self._message(cell_faults.fault_text(sheet, key))},{QUOTES})"
            for key, wrong in cell_formulas.conditions(sheet.key, self._from_row_1)
        )

    def _from_row_1(self, key: str) -> str:
        letter = xl_col_to_name(list(self.sheet.columns).index(key))
        return f"'{self.sheet.name}'!${letter}1"

    def _digits(self) -> str:
        """What ``DIGITS`` stands for: the long chain stands in the file once and not in every row
        thirteen times, which would make LibreOffice ten seconds slower."""
        cell = self._from_row_1("individual_number")
        return "=" + without(cell, typed_days.SPACES + columns.HYPHENS)

    def number_check(self) -> str:
        """個人番号チェック, in the order of domain.md §4.2."""
        words = columns.NUMBER_WORDS
        cell = self.cell("individual_number")
        typed = without(cell, typed_days.SPACES)
        digits = DIGITS
        places = typed_days.DIGITS

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
        return f'=IF({FILLED}=0,"",{formula})'

    def ledger_state(self) -> str:
        """状況 of a row of 返納管理, in the order of ``decisions.returns.state``."""
        words = {key: _text(value) for key, value in schema().lists["return_state"].items()}
        given_up = "+".join(
            f"ISNUMBER(FIND({_text(schema().lists['collected'][key])},{self.cell('remarks')}))"
            for key in GONE
        )
        bad = _text(columns.CHECK_DATE)
        after_due = f"IF({AS_OF}>INT({date_formulas.late(self.cell('due'))}),{words['overdue']},{words['waiting']})"
        lost = self.by_date("due", after_due, words["waiting"], bad)
        insured = self.by_date("due", after_due, words["not_yet"], bad)
        coming = (
            f"IF(INT({date_formulas.late(self.cell('lost'))})>{AS_OF},{words['not_yet']},{lost})"
        )
        by_days = f"IF(ISNUMBER({AS_OF}),{self.by_date('lost', coming, insured, bad)},{AS_OF})"
        kept = (
            f"IF({self.cell('required')}={_text(schema().lists['required']['no'])},"
            f"{words['not_applicable']},IF({given_up}>0,{words['not_returnable']},{by_days}))"
        )
        back = f"IF({self.day('returned')},{words['returned']})"
        state = self.by_day("returned", back, kept, bad)
        filled = f"COUNTA({','.join(self.cell(key) for key in columns.LEDGER_KEYS)})"
        return f'=IF({filled}=0,"",IFERROR({state},{_text(row_faults.ERROR_CELL)}))'


QUOTES = '""'

LEAVING = parameters.count("ages.leaving")

_MARK = "☆"
"""Stands before the faults of a row while they are put together."""
