"""The labels of Word's lists as text: 1. ① ア 一 第1条 ●, counted as Word counts them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.package import w

_AIUEO = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
_HALF = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンヰヱ",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｲｴ",
        strict=True,
    )
)
_KANJI = "〇一二三四五六七八九"
_LEGAL = "零壱弐参四五六七八九"
_UNITS = ("", "十", "百", "千")
_LEGAL_UNITS = ("", "拾", "百", "阡")
_SIGNS = "*†‡§"
_SYMBOLS = {
    0xF0B7: "・", 0xF06C: "●", 0xF06E: "■", 0xF06F: "□", 0xF0A7: "■", 0xF0D8: "＞", 0xF0FC: "✓",
    0xF0FE: "✓", 0xF0A8: "□", 0xF075: "◆", 0xF076: "◆", 0xF0E8: "→", 0xF0FB: "×", 0xF071: "□",
    0xF0A1: "○", 0xF09F: "・", 0xF06D: "○", 0xF0E0: "→", 0xF0F0: "→", 0xF0AB: "★", 0xF0B2: "☆",
}  # fmt: skip
_SYMBOL_FONTS = ("Wingdings", "Symbol", "Webdings")


def symbol(char: str, font: str = "") -> str:
    """A character of Symbol or Wingdings, whose codes mean something in them alone, as plain text.

    >>> symbol("\\uf06c"), symbol("l", "Wingdings"), symbol("★"), symbol("\\uf000")
    ('●', '●', '★', '・')
    """
    code = ord(char)
    if font.startswith(_SYMBOL_FONTS) and 0x20 < code < 0x100:
        code |= 0xF000
    return _SYMBOLS.get(code, "・") if 0xF000 <= code <= 0xF0FF else char


def _digits(number: int, zero: int) -> str:
    return "".join(chr(zero + int(c)) for c in str(number))


def _letters(number: int) -> str:
    """a … z, aa, bb: Word repeats the letter."""
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    text = ""
    for value, sign in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
        (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        text += sign * (number // value)
        number %= value
    return text


def _counted(number: int, digits: str, units: tuple[str, ...], ones: bool) -> str:
    """一 十 二十一 百三; ones: 壱拾, where 一 stands before a unit, too."""
    text, figures = "", str(number)
    if len(figures) > len(units):
        return "".join(digits[int(c)] for c in figures)
    for place, figure in enumerate(figures):
        unit = units[len(figures) - 1 - place]
        if figure == "0":
            continue
        text += ("" if figure == "1" and unit and not ones else digits[int(figure)]) + unit
    return text


def _cycle(letters: str) -> Callable[[int], str]:
    return lambda number: letters[(number - 1) % len(letters)]


def _range(first: int, count: int) -> Callable[[int], str]:
    """Characters that stand in a row, for as many as there are; then figures."""
    return lambda number: chr(first + number - 1) if 1 <= number <= count else str(number)


def _circled(number: int) -> str:
    for first, start, end in ((0x2460, 1, 20), (0x3251, 21, 35), (0x32B1, 36, 50)):
        if start <= number <= end:
            return chr(first + number - start)
    return str(number)


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": lambda n: _digits(n, 0xFF10),
    "decimalFullWidth2": lambda n: _digits(n, 0xFF10),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _range(0x2474, 20),
    "decimalEnclosedFullstop": _range(0x2488, 20),
    "ideographEnclosedCircle": _range(0x3280, 10),
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "ordinal": _ordinal,
    "aiueo": lambda n: _HALF[_cycle(_AIUEO)(n)],
    "aiueoFullWidth": _cycle(_AIUEO),
    "iroha": lambda n: _HALF[_cycle(_IROHA)(n)],
    "irohaFullWidth": _cycle(_IROHA),
    "japaneseCounting": lambda n: _counted(n, _KANJI, _UNITS, False),
    "japaneseDigitalTenThousand": lambda n: "".join(_KANJI[int(c)] for c in str(n)),
    "ideographDigital": lambda n: "".join(_KANJI[int(c)] for c in str(n)),
    "japaneseLegal": lambda n: _counted(n, _LEGAL, _LEGAL_UNITS, True),
    "ideographTraditional": _cycle("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _cycle("子丑寅卯辰巳午未申酉戌亥"),
    "numberInDash": lambda n: f"- {n} -",
    "chicago": lambda n: _SIGNS[(n - 1) % 4] * ((n - 1) // 4 + 1),
    "none": lambda n: "",
}
"""Word's forms of numbers (w:numFmt) that we write; ``bullet`` has no number."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a paragraph. suffix: tab | space | nothing. level: its definition."""

    text: str
    suffix: str
    level: etree._Element


def _value(holder: etree._Element | None, name: str, default: str = "") -> str:
    element = holder.find(w(name)) if holder is not None else None
    return default if element is None else element.get(w("val"), default)


class Lists:
    """The lists of a document. ``used`` says whether a paragraph or style of it is in one."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._levels: dict[str, dict[str, etree._Element]] = {}
        self._lists: dict[str, tuple[str, dict[str, int]]] = {}
        self._styles: dict[str, tuple[str, str, str]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        named = package.of_type(parts, "numbering")
        if not named:
            return
        for part in package.of_type(parts, "styles"):
            for style in package.parse(parts[part]).iter(w("style")):
                number = style.find(f"{w('pPr')}/{w('numPr')}")
                self._styles[style.get(w("styleId"), "")] = (
                    _value(number, "numId"), _value(number, "ilvl"), _value(style, "basedOn"),
                )  # fmt: skip
        self._read(package.parse(parts[named[0]]))

    def _read(self, root: etree._Element) -> None:
        linked: dict[str, str] = {}
        by_style: dict[str, str] = {}
        for one in root.iterfind(w("abstractNum")):
            identifier = one.get(w("abstractNumId"), "")
            self._levels[identifier] = {lvl.get(w("ilvl"), "0"): lvl for lvl in one.iter(w("lvl"))}
            if style := _value(one, "styleLink"):
                by_style[style] = identifier
            if style := _value(one, "numStyleLink"):
                linked[identifier] = style
        for identifier, style in linked.items():
            if style in by_style:
                self._levels[identifier] = self._levels[by_style[style]]
        for number in root.iterfind(w("num")):
            starts = {}
            own = _value(number, "abstractNumId")
            for override in number.iterfind(w("lvlOverride")):
                level = override.get(w("ilvl"), "0")
                start = _value(override, "startOverride")
                if start.isdigit():
                    starts[level] = int(start)
                if (lvl := override.find(w("lvl"))) is not None:
                    self._levels[own] = {**self._levels.get(own, {}), level: lvl}
            self._lists[number.get(w("numId"), "")] = (own, starts)

    def of(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The list and level of a paragraph, its own or its style's."""
        if not self._lists:
            return None
        own = paragraph.find(f"{w('pPr')}/{w('numPr')}")
        number, level = _value(own, "numId"), _value(own, "ilvl")
        name, seen = _value(paragraph.find(w("pPr")), "pStyle"), set[str]()
        while name in self._styles and name not in seen and not (number and level):
            seen.add(name)
            style_number, style_level, base = self._styles[name]
            number = number or style_number
            level = level or style_level or (self._level_of(number, name) if number else "")
            name = base
        if number not in self._lists or number == "0":
            return None
        return number, int(level or "0")

    def _level_of(self, number: str, style: str) -> str:
        """The level that a style is bound to."""
        levels = self._levels.get(self._lists.get(number, ("", {}))[0], {})
        return next((k for k, lvl in levels.items() if _value(lvl, "pStyle") == style), "")

    def label(self, paragraph: etree._Element) -> Label | None:
        """The next label of the paragraph's list; None where it is in none. Counts on."""
        place = self.of(paragraph)
        if place is None:
            return None
        number, depth = place
        abstract, starts = self._lists[number]
        levels = self._levels.get(abstract, {})
        level = levels.get(str(depth))
        if level is None:
            return None
        counts = self._counts.setdefault(abstract, {})
        self._count(number, depth, levels, starts, counts)
        return Label(self._text(level, depth, levels, counts), _value(level, "suff", "tab"), level)

    def _count(
        self,
        number: str,
        depth: int,
        levels: Mapping[str, etree._Element],
        starts: Mapping[str, int],
        counts: dict[int, int],
    ) -> None:
        override = starts.get(str(depth))
        if override is not None and (number, depth) not in self._started:
            counts[depth] = override
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = self._start(levels, depth)
        self._started.add((number, depth))
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]

    @staticmethod
    def _start(levels: Mapping[str, etree._Element], depth: int) -> int:
        start = _value(levels.get(str(depth)), "start", "1")
        return int(start) if start.isdigit() else 1

    def _text(
        self,
        level: etree._Element,
        depth: int,
        levels: Mapping[str, etree._Element],
        counts: dict[int, int],
    ) -> str:
        pattern = _value(level, "lvlText")
        if _value(level, "numFmt") == "bullet":
            fonts = level.find(f"{w('rPr')}/{w('rFonts')}")
            font = fonts.get(w("ascii"), "") if fonts is not None else ""
            return "".join(symbol(c, font) for c in pattern)
        legal = level.find(w("isLgl")) is not None
        for other in range(depth + 1):
            sign = f"%{other + 1}"
            if sign in pattern:
                form = "decimal" if legal else _value(levels.get(str(other)), "numFmt", "decimal")
                count = counts.setdefault(other, self._start(levels, other))
                pattern = pattern.replace(sign, FORMS.get(form, str)(count) if count else "0")
        return pattern
