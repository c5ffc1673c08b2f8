"""An individual number where none belongs: in a name, a remark, a 記号, a file's name.

Whoever types into the wrong column puts a number into places that are printed, listed and made
into file names. ``hide`` blots it out on the way to a message, a letter or a file; the cell itself
is left as it is, and 検証 points to it (MN17).

Taken for a number are twelve digits of any width whose check digit fits: together, with a space
anywhere (a form's boxes: 0 0 0 1 …), or as 4-4-4 with hyphens, dots or the like between; characters
without width make no difference. One in eleven other runs of twelve digits fits, too: better one
blot too many. 法人番号 (13 digits), 電話番号 and the hex digits of fingerprints stay.

Source: 番号法12条(安全管理措置)・19条・20条; contract.md §3.

>>> hide("番号は 0000-0000-0019 です"), hide("届出_００００００００００１９.xlsx")
('番号は ************ です', '届出_************.xlsx')
>>> hide("0 0 0 0 0 0 0 0 0 0 1 9"), hide("0000・0000・0019"), hide("0000000 00019")
('************', '************', '************')
>>> hide("03-0000-0000"), hide("8700110005901"), hide("000000000018")
('03-0000-0000', '8700110005901', '000000000018')
"""

import re

from shikaku.fields import individual_number
from shikaku.fields.text import INVISIBLE, SPACES, half_width, plain_hyphens

BLOT = "*" * 12

_SPACE = f"[{SPACES}{INVISIBLE}]?"
_GAP = f"[-{SPACES}{INVISIBLE}./・_]{{1,3}}"
_RUN = re.compile(
    "[0-9a-f]{64}"
    f"|(?<![0-9])[0-9](?:{_SPACE}[0-9]){{11}}(?![0-9])"
    f"|(?<![0-9])(?<![0-9]-)[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?!-?[0-9])"
)


def _places(text: str) -> list[tuple[int, int]]:
    if len(text) < 12:
        return []
    plain = plain_hyphens(half_width(text))  # a character for a character
    found = []
    match = _RUN.search(plain)
    while match:
        digest = len(match[0]) == 64
        valid = not digest and individual_number.is_valid(re.sub("[^0-9]", "", match[0]))
        if valid:
            found.append(match.span())
        # Other digits may stand before a number (12 34 0000 …): it begins within what is none.
        match = _RUN.search(plain, match.end() if valid or digest else match.start() + 1)
    return found


def inside(text: str) -> bool:
    """Whether an individual number seems to stand in a text.

    >>> inside("000000000019"), inside("03-0000-0000"), inside("")
    (True, False, False)
    """
    return bool(_places(text))


def hide(text: str) -> str:
    """The text with twelve asterisks in place of each individual number."""
    for start, end in reversed(_places(text)):
        text = text[:start] + BLOT + text[end:]
    return text


def hidden(thing: object) -> object:
    """``hide`` for every text in dicts, lists and tuples, keys aside; other things as they are."""
    if isinstance(thing, str):
        return hide(thing)
    if isinstance(thing, dict):
        return {key: hidden(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing)(map(hidden, thing))
    return thing
