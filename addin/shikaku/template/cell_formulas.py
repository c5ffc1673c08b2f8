"""Of a single cell by its look: the formulas of ``live.cell_faults``, one condition a column type."""

from collections.abc import Callable, Iterable

from shikaku.live import cell_faults, typed_days
from shikaku.live.typed_days import DIGITS
from shikaku.template import date_formulas
from shikaku.template.date_formulas import text as _text


def _places(count: int) -> str:
    return "{" + ",".join(map(str, range(1, count + 1))) + "}"


def _found(cell: str, filler: str, count: int, among: str) -> str:
    """How many of the first characters of a cell are among some; past the end stands the filler."""
    character = f"MID({cell}&REPT({_text(filler)},{count}),{_places(count)},1)"
    return f"SUMPRODUCT(--ISNUMBER(FIND({character},{among})))"


def _with_controls(characters: str) -> str:
    controls = "".join(f"&CHAR({ord(c)})" for c in cell_faults.CONTROLS)
    return _text(characters) + controls


def trimmed(cell: str) -> str:
    """A cell's text with its wide spaces as plain ones, outer ones gone."""
    spaces = dict.fromkeys(typed_days.SPACES.replace(" ", ""), " ")
    return f"TRIM({date_formulas.replaced(cell, spaces)})"


def _blank(cell: str) -> str:
    return f'{date_formulas.replaced(cell, dict.fromkeys(typed_days.SPACES, ""))}=""'


def _is_number(cell: str) -> str:
    """TRUE of a truth value, too, which LibreOffice has as a number."""
    return f"OR(ISNUMBER({cell}),ISLOGICAL({cell}))"


def _kana(cell: str, _reason: str) -> str:
    scan = cell_faults.KANA_SCAN
    odd = f"{_found(cell, 'ア', scan, _with_controls(cell_faults.KANA))}<{scan}"
    return f"IF(ISERROR({cell}),{cell},{odd})"  # an error value comes through as it is


def _name(cell: str, _reason: str) -> str:
    signs = f"MID({_text(cell_faults.SIGNS)},{_places(len(cell_faults.SIGNS))},1)"
    plain = trimmed(cell)
    title = f'(LEN({plain})>2)*(RIGHT({plain},1)="{cell_faults.TITLE}")'
    text = f'IF(ISLOGICAL({cell}),"",{cell})'  # LibreOffice reads a truth value as the digit 1
    return f"SUMPRODUCT(--ISNUMBER(FIND({signs},{text})))+{title}>0"


def _postal(cell: str, reason: str) -> str:
    scan, wanted = cell_faults.POSTAL_SCAN, cell_faults.POSTAL_DIGITS
    odd = f"{_found(cell, '0', scan, _with_controls(cell_faults.POSTAL))}<{scan}"
    digits = f"{_found(cell, '〒', scan, _text(DIGITS))}<>{wanted}"
    zeros = f'LEFT({date_formulas.replaced(cell, {"〒": "", "-": ""})},3)="000"'
    wrong = f"IF(({odd})+({digits})+({zeros})>0,LEN({cell})<={scan},FALSE)"
    abroad = f"ISNUMBER(FIND({_text(cell_faults.ABROAD)},{reason}))"
    # An error value comes through as it is.
    judged = f"IF({_blank(cell)},FALSE,IF({abroad},FALSE,{wrong}))"
    return f"IF({_is_number(cell)},FALSE,{judged})"


def _no_count(cell: str) -> str:
    most = cell_faults.COUNT_DIGITS
    plain = trimmed(cell)
    digits = _found(plain, "0", most, _with_controls(DIGITS))
    return f"(LEN({plain})>{most})+({digits}<{most})>0"


def _count(cell: str, _reason: str) -> str:
    most = 10**cell_faults.COUNT_DIGITS
    number = f"(N({cell})<0)+(N({cell})<>INT(N({cell})))+(N({cell})>={most})>0"
    typed = f"IF({_blank(cell)},FALSE,{_no_count(cell)})"
    return f"IF({_is_number(cell)},{number},{typed})"


def positive(cell: str) -> str:
    """TRUE when a cell holds a count above 0 (``cell_faults.positive``)."""
    several = _text(DIGITS.replace("0", "").replace("０", ""))
    some = f"SUMPRODUCT(--ISNUMBER(FIND(MID({several},{_places(18)},1),{cell})))>0"
    typed = f"IF({_blank(cell)},FALSE,IF({_no_count(cell)},FALSE,{some}))"
    number = f"(N({cell})>0)*(N({cell})=INT(N({cell})))>0"
    return f"IF({_is_number(cell)},{number},IF(ISTEXT({cell}),{typed},FALSE))"


_CONDITIONS: dict[str, Callable[[str, str], str]] = {
    "name": _name,
    "kana": _kana,
    "postal": _postal,
    "count": _count,
}


def conditions(sheet: str, cell_of: Callable[[str], str]) -> Iterable[tuple[str, str]]:
    """(column key, formula that is TRUE when its cell looks wrong) of a filing; ``cell_of``: a
    column's cell as the formula is to name it."""
    keys = dict(cell_faults.judged(sheet))
    reason = cell_of("no_number_reason") if "postal" in keys.values() else ""
    for key, type_ in keys.items():
        yield key, _CONDITIONS[type_](cell_of(key), reason)
