"""File names that Windows, Mac, Linux, zip files and mail programs can all live with."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from hashlib import blake2b

from shikaku.fields.person_name import is_selector
from shikaku.system.masking import masked

MAX_CHARS = 110
# 255 bytes is the limit of a name; the rest is for 「_12」, the ending and 「.part」.
MAX_BYTES = 225
_FORBIDDEN = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]'
)
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)


def safe_stem(text: str) -> str:
    """A file name without ending for any text: forbidden characters become ``_``, line ends a
    space, reserved names get a ``_``, and it is cut to 110 characters and 225 bytes."""
    text = re.sub(r"\s*[\t\n\r\f\v]\s*| {2,}", " ", text)
    text = _FORBIDDEN.sub("_", masked(text)).strip(". \u3000")
    while len(text) > MAX_CHARS or len(text.encode()) > MAX_BYTES:
        # A variant goes with its character, never alone.
        text = text[: -2 if is_selector(text[-1]) else -1]
    text = text.rstrip(". \u3000")
    if _RESERVED.match(text):
        text = f"_{text}"
    return text or "_"


def fold(name: str) -> str:
    """Equal for names that some file system can't tell apart (case, Unicode form)."""
    return unicodedata.normalize("NFC", name).casefold()


#: (key of a letter, digest of its content) of all letters that a file holds.
Content = frozenset[tuple[str, str]]

#: Kind and folded name of a file.
Place = tuple[str, str]


class Names:
    """Gives each letter a file name of its own: the second 「鈴木」 becomes 「鈴木_2」.

    issued: what the files of earlier runs hold, by kind and folded name. A name is free for a
    letter when its file holds that very letter; what was issued is never written over by another.
    renewed: those whose letters may be made anew in the same file, all of them.
    """

    def __init__(
        self,
        issued: Mapping[Place, Content] | None = None,
        renewed: Collection[Place] = (),
    ):
        self._issued = issued or {}
        self._renewed = renewed
        # Places and keys by their digests: of a hundred thousand letters names would be 50 MB.
        self._owner: dict[bytes, bytes] = {}
        self._given: dict[bytes, str] = {}

    def keep(self, kind: str, stem: str, key: str) -> None:
        """This name is that letter's, whatever becomes of its content."""
        self._owner[_digest(kind, fold(stem))] = _digest(key)
        self._given[_digest(key)] = stem

    def give(self, kind: str, stem: str, key: str, content: Content = frozenset()) -> str:
        """The name for a letter: the one it has, or the first that is free."""
        own = _digest(key)
        if own in self._given:
            return self._given[own]
        base = safe_stem(stem)
        name, number = base, 1
        while not self._free((kind, fold(name)), own, content):
            number += 1
            name = f"{base}_{number}"
        self._owner[_digest(kind, fold(name))] = own
        return name

    def _free(self, place: Place, own: bytes, content: Content) -> bool:
        if self._owner.get(_digest(*place), own) != own:
            return False
        held = self._issued.get(place, content)
        return held == content or (place in self._renewed and _keys(held) <= _keys(content))


def _digest(*words: str) -> bytes:
    return blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _keys(content: Content) -> set[str]:
    return {key for key, _ in content}
