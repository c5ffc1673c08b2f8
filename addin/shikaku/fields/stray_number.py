"""An individual number where none belongs: in a name, a remark, a 記号, a file's name.

Whoever types into the wrong column puts a number into places that are printed, listed and made
into file names. ``hide`` blots it out on the way out; the cell itself is left as it is, and 検証
points to it (MN17). This is the one recogniser: whatever ``individual_number.examine`` would take
for a number is found here, too.

Found are

* twelve digits whose check digit fits, of any width and in any spelling: 12, 4-4-4, 6-6, 3-4-5,
  digit by digit, with spaces, hyphens (a soft one, ー, 一), dots, commas, slashes, line ends or
  characters without width between; also with a date or other digits before or behind them;
* ten or eleven digits in one run that don't begin with 0 and fit with their zeros put back: a
  number cell loses them;
* twelve digits that don't fit, behind the words 個人番号 or マイナンバー, or where ``labelled`` says
  that the column or the label speaks of one: a slip of the pen is still most of a number.

Let through are, since blotting them would spoil letters and lists: 法人番号 (13 digits, its own
check digit fits; it is public); 電話番号 (10 or 11 digits that begin with 0, or with +81); dates and
days with times, since a day stands in most file names; 記号-番号-枝番 (three parts, the last of two
digits) and 管理番号, which are shorter than twelve digits or are a letter, a day and a running number;
hexadecimal fingerprints.
A tracking number is let through like any other run of digits, unless it happens to fit (one in
eleven does): nobody can tell it from an individual number then, and one blot too many harms less.

Source: 番号法12条(安全管理措置)・19条・20条; 平成26年総務省令85号5条; contract.md §3.

>>> hide("番号は 0000-0000-0019 です"), hide("届出_００００００００００１９.xlsx")
('番号は ************ です', '届出_************.xlsx')
>>> hide("000000-000019"), hide("000-0000-00019"), hide("20260415000000000019")
('************', '************', '20260415************')
>>> hide("60000000011"), hide("個人番号 0000-0000-0018"), hide("0000-0000-0018")
('************', '個人番号 ************', '0000-0000-0018')
>>> hide("03-0000-0000"), hide("8700110005901"), hide("2026-04-15 23:05:11")
('03-0000-0000', '8700110005901', '2026-04-15 23:05:11')
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple

from shikaku.fields import corporate_number, individual_number
from shikaku.fields.text import HYPHENS, INVISIBLE, SPACES, matching_lines

BLOT = "*" * 12

FEWEST = 10
_WHOLE = 12
_MOST_BETWEEN = 8
_LONGEST = 2_000
"""Characters of one sequence. Among so many digits some twelve fit for certain: it is blotted out
whole, rather than that a cell of 32,000 digits takes a second."""


class _Plain(dict[int, str | int]):
    """Character → the ASCII one that it stands for: digits of every script and width, each kind of
    hyphen and space. One for one, so that places stay."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        digit = unicodedata.digit(char, None)
        found: str | int = code
        if digit is not None:
            found = str(digit)
        elif char in HYPHENS:
            found = "-"
        elif re.match(f"[{SPACES}\x0b\x0c\x1c-\x1f\x85\u2028\u2029]", char):
            found = " "
        elif re.match(f"[{INVISIBLE}\u034f\u061c\u180e\ufe00-\ufe0f]", char):
            found = "\u200b"
        elif 0xFF01 <= code <= 0xFF5E:
            found = chr(code - 0xFEE0)
        elif char == "、":
            found = ","
        elif char in "・･。｡":
            found = "."
        elif char in "∕⁄":
            found = "/"
        elif char == "∶":
            found = ":"
        self[code] = found
        return found


_plain = _Plain()
_BETWEEN = r"[-\u200b ./_,:'’\"|~=+]"
_SEQUENCE = re.compile(rf"[0-9]+(?:{_BETWEEN}{{1,{_MOST_BETWEEN}}}[0-9]+)*")
_GROUP = re.compile("[0-9]+")
_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_DATE = rf"{_YEAR}([-/._ ]){_MONTH}\1{_DAY}"
_COMPACT_DATE = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_HOUR, _SIXTY = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
_APART = re.compile(  # whatever is none of a number, wherever it stands
    # a fingerprint, whole or in fours
    r"(?<![0-9a-f])(?=[0-9]{0,63}[a-f])[0-9a-f]{64}(?![0-9a-f])"
    r"|(?<![0-9a-f])(?=[0-9 ]{0,38}[a-f])(?:[0-9a-f]{4} ){7}[0-9a-f]{4}(?![0-9a-f])"
    # a time: 9:05, 23:05:11.250
    r"|(?<![0-9:])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?![0-9:])"
    # a telephone number in three parts
    r"|(?<![0-9])(?<![0-9][-. ])(?=\+?(?:[0-9][- ]?){10,11}(?![0-9]))(?:0[1-9][0-9]{0,3}|\+81[- ]?[1-9][0-9]{0,3})([- ])[0-9]{1,4}"
    r"\1[0-9]{3,4}(?![0-9])(?![-. ][0-9])"
    # a running number of a day behind a letter: K20250801-00003
    rf"|(?<=[A-Za-z]){_COMPACT_DATE}-[0-9]{{3,6}}(?![0-9])(?![-. ][0-9])"
)
_TELEPHONE = re.compile(r"\+?81[1-9][0-9]{8,9}")
_DAY_IN_IT = re.compile(rf"(?<![0-9]){_DATE}(?![0-9])|(?<![0-9]){_COMPACT_DATE}(?![0-9])")
_MOMENT = re.compile(
    rf"(?:{_DATE}|{_COMPACT_DATE})(?:[ _-]{{1,3}}{_HOUR}[-._]?{_SIXTY}(?:[-._]?{_SIXTY})?)?"
)
_STAMP = re.compile(f"{_COMPACT_DATE}{_HOUR}(?:{_SIXTY}{_SIXTY})?")
_RECORD = re.compile("[0-9]{1,8}-[0-9]{1,8}-[0-9]{2}")
_THOUSANDS = re.compile("[1-9][0-9]?(?:,[0-9]{3}){3}")
_USUAL = frozenset({(3, 4, 5), (5, 4, 3), (2, 5, 5), (4, 3, 5), (5, 3, 4)})
_LABEL = re.compile(r"個人番号|マイナンバー|MY-?NUMBER", re.IGNORECASE)
_LABEL_WITHIN = 24


class _Group(NamedTuple):
    """A run of digits. before: what stands between it and the group before it, spelt shortly."""

    start: int
    end: int
    digits: str
    before: str


def _fits(digits: str) -> bool:
    return individual_number.calc_check_digit(digits[:11]) == digits[11]


def _lost_zeros(digits: str) -> bool:
    """Whether ten or eleven digits are a number whose zeros are gone."""
    return (
        FEWEST <= len(digits) < _WHOLE
        and digits[0] != "0"
        and not _STAMP.fullmatch(digits)
        and not _TELEPHONE.fullmatch(digits)
        and _fits(digits.zfill(_WHOLE))
    )


def _between(text: str) -> str:
    """What joins two groups, without the spaces around it: `` - `` joins as ``-`` does."""
    rest = text.replace("\u200b", "")
    return rest.strip() or rest[:1]


def _groups(plain: str, start: int, end: int) -> list[_Group]:
    found: list[_Group] = []
    for match in _GROUP.finditer(plain, start, end):
        before = _between(plain[found[-1].end : match.start()]) if found else ""
        found.append(_Group(match.start(), match.end(), match[0], before))
    return found


def _inside_run(group: _Group) -> Iterator[tuple[int, int]]:
    """Numbers in one run of digits: the run itself, or part of a longer one."""
    digits = group.digits
    if _corporate([group]) or _STAMP.fullmatch(digits):
        return
    if _lost_zeros(digits):
        yield group.start, group.end
    for at in range(len(digits) - _WHOLE + 1):
        if _fits(digits[at : at + _WHOLE]):
            yield group.start + at, group.start + at + _WHOLE


def _in_runs(groups: list[_Group], labelled: bool) -> Iterator[tuple[int, int]]:
    """Numbers in the runs of digits, each for itself; behind a label any run of twelve is one."""
    for group in groups:
        if len(group.digits) < FEWEST:
            continue
        yield from _inside_run(group)
        if labelled and len(group.digits) == _WHOLE:
            yield group.start, group.end


def _over_groups(groups: list[_Group]) -> Iterator[tuple[int, int]]:
    """Numbers spelt in several groups, alike joined; other digits may hang on at one end."""
    for first in range(len(groups)):
        digits, sizes = groups[first].digits, [len(groups[first].digits)]
        alike = True
        for group in groups[first + 1 : first + _WHOLE + 1]:
            alike = alike and group.before == groups[first + 1].before
            digits += group.digits
            sizes.append(len(group.digits))
            if len(digits) >= _WHOLE and (alike or sizes == [4, 4, 4]):
                yield from _spelt(groups[first], group, digits, sizes)
            if len(digits) - sizes[0] >= _WHOLE:
                break


def _spelt(first: _Group, last: _Group, digits: str, sizes: list[int]) -> Iterator[tuple[int, int]]:
    more = len(digits) - _WHOLE
    if more == 0:
        if _fits(digits):
            yield first.start, last.end
        return
    if _usual([sizes[0] - more, *sizes[1:]]) and _fits(digits[more:]):
        yield first.start + more, last.end
    if _usual([*sizes[:-1], sizes[-1] - more]) and _fits(digits[:_WHOLE]):
        yield first.start, last.end - more


def _usual(sizes: list[int]) -> bool:
    """Whether people part twelve digits so: in two, in threes, fours, … or digit by digit."""
    if min(sizes) < 1:
        return False
    return len(sizes) == 2 or len(set(sizes)) == 1 or tuple(sizes) in _USUAL


def _digits(groups: list[_Group]) -> str:
    return "".join(group.digits for group in groups)


def _days(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where days stand in a sequence."""
    return [match.span() for match in _DAY_IN_IT.finditer(plain, start, end)]


def _corporate(groups: list[_Group]) -> bool:
    """Whether it is a 法人番号, in one run or as 1-4-4-4."""
    digits = _digits(groups)
    if len(digits) != 13:
        return False
    spelt = [(len(group.digits), group.before) for group in groups]
    if len(groups) > 1 and spelt != [(1, ""), (4, "-"), (4, "-"), (4, "-")]:
        return False
    return corporate_number.is_valid(digits)


def _sequence(plain: str, start: int, end: int, labelled: bool) -> Iterator[tuple[int, int]]:
    """Numbers in one sequence of digits and what may stand between them."""
    text, groups = plain[start:end], _groups(plain, start, end)
    digits = _digits(groups)
    if len(digits) < FEWEST or _corporate(groups):
        return
    record = len(digits) <= _WHOLE and _RECORD.fullmatch(text) is not None
    days = _days(plain, start, end)
    if len(digits) == _WHOLE and (
        labelled or not record and _as_one(text, groups, digits, bool(days))
    ):
        yield start, end
        return
    if _THOUSANDS.fullmatch(text) and _lost_zeros(digits):
        yield start, end
    yield from _in_runs(groups, labelled)
    if len(groups) == 1 or record or _MOMENT.fullmatch(text):
        return
    yield from _over_groups(groups)
    if days and days != [(start, end)]:
        yield from _between_days(plain, start, end, days, labelled)


def _as_one(text: str, groups: list[_Group], digits: str, has_days: bool) -> bool:
    """Whether all groups are one number: it fits, is no day and time, is parted alike or without a
    day."""
    if not _fits(digits) or len(groups) == 2 and _MOMENT.fullmatch(text):
        return False
    return not has_days or len({group.before for group in groups[1:]}) <= 1


def _between_days(
    plain: str, start: int, end: int, days: list[tuple[int, int]], labelled: bool
) -> Iterator[tuple[int, int]]:
    """Numbers in what is left of a sequence without its days."""
    at = start
    for day_start, day_end in [*days, (end, end)]:
        for rest in _SEQUENCE.finditer(plain, at, day_start):
            if rest.end() - rest.start() < FEWEST:
                continue
            yield from _sequence(plain, *rest.span(), labelled)
        at = day_end


def _named(text: str, start: int) -> bool:
    """Whether the words before a sequence speak of an individual number."""
    before = unicodedata.normalize("NFKC", text[max(0, start - _LABEL_WITHIN) : start])
    before = before.replace(" ", "").replace("\u200b", "")
    ends = [label.end() for label in _LABEL.finditer(before)]
    return bool(ends) and not any(map(str.isdigit, before[ends[-1] :]))


def _places(text: str, labelled: bool) -> list[tuple[int, int]]:
    if len(text) < FEWEST or sum(map(str.isdigit, text)) < FEWEST:
        return []
    plain = text.translate(_plain)
    apart = _APART.sub(lambda match: "#" * len(match[0]), plain)
    found: list[tuple[int, int]] = []
    for match in _SEQUENCE.finditer(apart):
        length = match.end() - match.start()
        if length > _LONGEST:
            found.append(match.span())
        if not FEWEST <= length <= _LONGEST:
            continue
        speaks = labelled or _named(text, match.start())
        found += _sequence(apart, *match.span(), speaks)
    return _merged(found)


def _merged(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping places as one: where several windows fit, the true one is among them."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out


def inside(text: str, *, labelled: bool = False) -> bool:
    """Whether an individual number seems to stand in a text. labelled: the column, or the label of
    the field, speaks of a 個人番号.

    >>> inside("000000000019"), inside("03-0000-0000"), inside("")
    (True, False, False)
    >>> inside("000000000018"), inside("000000000018", labelled=True)
    (False, True)
    """
    return bool(_places(text, labelled))


def spells(text: str, wanted: set[str]) -> bool:
    """Whether one of these runs of digits stands in a text, in any spelling. wanted: digits in half
    width; whether a check digit fits is not asked.

    >>> spells("No. 0000 0000-0019", {"000000000019"}), spells("0000", {"000000000019"})
    (True, False)
    """
    sizes = {len(digits) for digits in wanted}
    fewest = min(sizes, default=0)
    for match in _SEQUENCE.finditer(text.translate(_plain)):
        if match.end() - match.start() < fewest:  # nearly all
            continue
        digits = "".join(_GROUP.findall(match[0]))
        for size in sizes:
            if any(digits[at : at + size] in wanted for at in range(len(digits) - size + 1)):
                return True
    return False


_NO_DIGIT = (
    r"\x00-\x09\x0b-/:-\x7f\u2000-\u206f\u3000-\u30ff\u3400-\u9fff\uff01-\uff0f\uff1a-\uffef"
)
"""Blocks without a digit (``str.isdigit``, of which regular expressions have no class). What stands elsewhere is
taken for one."""
_MANY_DIGITS = re.compile(rf"^(?:[{_NO_DIGIT}]*+[^\n{_NO_DIGIT}]){{{FEWEST}}}.*$", re.MULTILINE)


def suspects(texts: Collection[str]) -> set[str]:
    """The texts that may hold an individual number by the count of their digits, looked for in all at once: most
    columns have none.

    >>> suspects(["千代田区1-2-3", "0000-0000-0019"])
    {'0000-0000-0019'}
    """
    return matching_lines(_MANY_DIGITS, texts)


def hide(text: str, *, labelled: bool = False) -> str:
    """The text with twelve asterisks in place of each individual number (see ``inside``)."""
    if len(text) < FEWEST:  # most texts
        return text
    for start, end in reversed(_places(text, labelled)):
        text = text[:start] + BLOT + text[end:]
    return text
