"""Labels of sheets and columns, compared as people read them."""

import re
import unicodedata

HEADER_WITHIN = 20
"""Rows from the top in which headings are looked for."""

_MARKS = " *＊※●◎○"


def plain_label(text: str) -> str:
    """A label without what doesn't count: widths, spaces, line breaks, a required mark at the end.

    >>> plain_label("個人\\n番号 ＊"), plain_label("資格確認書（希望）*")
    ('個人番号', '資格確認書(希望)')
    """
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u200b\ufeff]+", "", text).rstrip(_MARKS)
