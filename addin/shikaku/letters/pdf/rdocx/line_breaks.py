"""Where rdocx lets a line end, so that a value can be set without asking it again.

The rules are Unicode's (UAX #14) with rdocx's additions for Japanese. They were measured, not read:
each pair of the characters below stood at the end of a line of just that width, alone and with a
space between them (rdocx 0.16.3). Runs and their looks make no difference. A character that was
not measured has no class, and a text with one is laid out by rdocx itself.
"""

_LETTER = (
    "#&*<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz~¨―‖×÷≠≦≧∞∴♂♀§☆★○●◎◇◆□■△▲▽▼※→←"
    "↑↓∈∋⊆⊇⊂⊃∪∩∧∨¬⇒⇔∀∃∠⊥⌒∂∇≡≪≫√∽∝∵∫∬Å♯♭♪†‡¶◯ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωАБВ"
    "ГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя①②⑳ⅠⅩ℡é"
)
_FULL = (
    "｀＾￣＿〃仝〆〇／＼｜＋＝＜＞＃＆＊＠〒〓０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚあいうえおかがきぎくぐけげこごさざしじすずせぜそぞただちぢつづ"
    "てでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもやゆよらりるれろわゐゑをんアイウエオカガキギクグケ"
    "ゲコゴサザシジスズセゼソゾタダチヂツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモヤユヨラリル"
    "レロワヰヱヲンヴｦｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ㈱㈲㍻"
)
_CLASSES = (
    _LETTER,
    _FULL,
    "!?|\u3000・：；？！゛゜ヽヾゝゞ々ー‐〜…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ･ｧｨｩｪｫｬｭｮｯｰﾞﾟ〻゠‼⁉",
    "}、。，．）〕］｝〉》」』】｡｣､",
    "([{（〔［｛〈《「『【｢",
    "$+\\−±￥＄£№¥",
    "0123456789",
    "\"'‘’“”",
    "%°′″℃¢",
    ",.:;",
    ")]",
    "-/",
    "％‰",
)
_IDEOGRAPH = 1
_OF = {char: number for number, chars in enumerate(_CLASSES) for char in chars}
#: Row: the class before, column: the class behind; 1 where a line may end between them.
_MAY_END = (
    "0100000000000", "1100111000000", "1100111010000", "1100101000000", "0000000000000",
    "0000010010000", "0100000000000", "0000000000000", "0100010010000", "0100110010000",
    "0100100000000", "1100110010000", "0100010010000",
)  # fmt: skip
_PAIRS = [[column == "1" for column in row] for row in _MAY_END]
_OPENING, _QUOTE, _CLOSING = 4, 7, (3, 10)
#: No line begins with these, not even behind a space.
_NEVER_FIRST = frozenset("!),./:;?]}、。，．：；？！）〕］｝〉》」』】％‰｡｣､ﾞﾟ")
#: No line begins with these behind a closing bracket and a space.
_SMALL = frozenset(_CLASSES[2]) - frozenset("!?|\u3000：；？！‐…‥")


def line_ends(text: str) -> list[bool] | None:
    """For each character whether a line may end behind it. None when a character has no class.

    >>> line_ends("東京（1-2）")
    [True, True, False, False, False, False, True]
    """
    classes = []
    for char in text:
        found = _OF.get(char)
        if found is None:
            if char == " ":
                found = -1
            elif _is_ideograph(char):
                found = _IDEOGRAPH
            else:
                return None
        classes.append(found)
    ends = [False] * len(text)
    last = -1
    for at in range(len(text) - 1):
        before, behind = classes[at], classes[at + 1]
        if before >= 0:
            last = before
            ends[at] = behind >= 0 and _PAIRS[before][behind]
        else:
            ends[at] = behind >= 0 and _behind_space(last, behind, text[at + 1])
    if ends:
        ends[-1] = True
    return ends


#: Characters of these classes that no Japanese font alone has.
_LATIN = frozenset("!?|‐…‥‼⁉}([{$+\\−±£№¥‰")
_ASIAN = frozenset(_FULL + "".join(_CLASSES[2:6]) + _CLASSES[12]) - _LATIN - frozenset("0123456789")


def asian(text: str) -> bool:
    """Whether rdocx sets a line by the measures of Japanese: one such character is enough. A line
    of Latin letters and signs alone stands lower in some kinds of line spacing."""
    return any(char in _ASIAN or _is_ideograph(char) for char in text)


def _behind_space(before: int, behind: int, char: str) -> bool:
    """Whether a line may end at spaces. before: the class of what stands before them, or -1."""
    if before == _OPENING or char in _NEVER_FIRST:
        return False
    if before == _QUOTE:
        return behind != _OPENING
    return not (before in _CLOSING and char in _SMALL)


def _is_ideograph(char: str) -> bool:
    code = ord(char)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAD9
        or 0x20000 <= code <= 0x3FFFF
    )
