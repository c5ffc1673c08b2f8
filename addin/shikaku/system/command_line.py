"""A command as a text that a user copies into a terminal."""

import os
import re
import shlex

_PLAIN = re.compile(r"[\w./:\\-]+")
"""What cmd, PowerShell and the shells of other systems take as it stands."""


def shown(*words: object) -> str:
    """``shikaku`` and these words, quoted where it must be: in double quotes, which all these programs
    know, as long as nothing in the word means something within them."""
    return " ".join(["shikaku", *map(_word, map(str, words))])


def _word(word: str) -> str:
    if os.name != "nt" and set('\\"$`!') & set(word):
        return shlex.quote(word)
    return word if _PLAIN.fullmatch(word) else f'"{word}"'
