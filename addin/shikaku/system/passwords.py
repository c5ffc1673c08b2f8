"""Passwords come from a file or are typed unseen, never from the command line, where other users
could see them."""

import getpass
import string
import sys
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from shikaku.system.errors import UsageError, cause
from shikaku.system.reading import bounded

SHORTEST = 8
LONGEST = 255
"""What Excel lets its users type."""

MOST = 200
"""More passwords than this in a file, each tried on each workbook, would take hours."""


_FILE = 1 << 20
"""Bytes: far more than a list of passwords has."""

ONLY_DIGITS = 12
"""Digits alone are tried in minutes up to some length: a day, a telephone number."""


def read(path: Path) -> str:
    """The password: the file's first line, UTF-8 (a BOM is fine), without the line's end, as
    ``fit`` gives it.

    Raises UsageError when the file is missing, empty, no text, or the password is none that ``fit``
    takes. The password itself appears in no message.
    """
    lines = _lines(path)
    password = lines[0] if lines else ""
    if "\0" in password:
        raise _no_text(path)
    if len(password) < SHORTEST:
        raise UsageError(
            f"パスワードのファイル「{path.name}」の1行目が{SHORTEST}文字より短くなっています。",
            f"{SHORTEST}文字以上のパスワードを1行目に書いてください。",
        )
    return fit(password)


def require_terminal() -> None:
    """Raise UsageError where nobody can be asked for a password."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "パスワードを尋ねる画面がありません。",
            "パスワードを1行目に書いたファイルを --password-file で指定してください。",
        )


def ask() -> str:
    """A password to encrypt with, typed twice on the terminal and never shown.

    Raises UsageError for two that differ, for none, and as ``fit`` does.
    """
    try:
        first = fit(getpass.getpass("写しに掛けるパスワード: ", sys.stderr))
        second = unicodedata.normalize("NFC", getpass.getpass("もう一度: ", sys.stderr))
    except EOFError:  # Ctrl+D, Ctrl+Z
        raise UsageError(
            "パスワードが入力されませんでした。", "もう一度実行してください。"
        ) from None
    if second != first:
        raise UsageError(
            "2回のパスワードが違います。", "もう一度実行して、同じものを入力してください。"
        )
    return first


def fit(password: str) -> str:
    """A password to encrypt with, in Unicode's composed form (NFC): が typed on a Mac and on Windows
    is one password.

    Raises UsageError for one that is too short or too easily guessed to protect anything, too long
    for Excel, with a space at an end (nobody sees it, and whoever is told the password types it
    without), or with characters that no keyboard types.
    """
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in password):
        raise UsageError(
            "パスワードに、目に見えない文字(改行や制御文字)が入っています。",
            "キーボードで打てる文字だけのパスワードにしてください。",
        )
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise UsageError(
            "パスワードが短すぎます。", f"{SHORTEST}文字以上のパスワードにしてください。"
        )
    if len(password) > LONGEST:
        raise UsageError(
            "パスワードが長すぎて、Excelでは開けません。", f"{LONGEST}文字以内にしてください。"
        )
    if password != password.strip():
        raise UsageError(
            "パスワードの前か後ろに空白があります。",
            "相手に伝わらないので、空白を消してください。",
        )
    if _is_weak(password):
        raise UsageError(
            "パスワードが推測されやすすぎます(よく使われる言葉、同じ文字や並び順の文字、数字だけ)。",
            "関係のない言葉をいくつかつなげるなど、人が思いつかないものにしてください"
            f"(数字だけなら{ONLY_DIGITS}文字以上)。",
        )
    return password


@cache
def _lists() -> tuple[frozenset[str], tuple[str, ...]]:
    """(common passwords, runs of keys)."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    rows = (string.ascii_lowercase, "01234567890", *data["rows"])
    return frozenset(data["common"]), tuple(rows) + tuple(row[::-1] for row in rows)


_LOOK_ALIKE = str.maketrans("01345@$!", "oleasasi")


def _is_weak(password: str) -> bool:
    """Whether it is among the first that anybody tries: a common word with digits or signs at its
    ends, one piece again and again, keys in their order, few digits alone.

    >>> [_is_weak(p) for p in ("P@ssw0rd2026", "abcabcabc", "qwerty12345", "20260401")]
    [True, True, True, True]
    >>> _is_weak("kumiai-himitsu-2026")
    False
    """
    plain = unicodedata.normalize("NFKC", password).lower()
    if plain.isdecimal() and len(plain) < ONLY_DIGITS:
        return True
    common, rows = _lists()
    edges = string.digits + string.punctuation + " "
    if len(set(plain)) < 4 or any(_repeats(text) for text in (plain, plain.strip(edges))):
        return True
    spelt = {plain.strip(edges), plain.translate(_LOOK_ALIKE).strip(edges)}
    spelt |= {plain.strip(edges).translate(_LOOK_ALIKE)}
    if spelt & common:
        return True
    bare = plain.strip(string.punctuation + " ")
    return any(_along_keys(text, rows) for text in (plain, bare))


def _repeats(text: str) -> bool:
    """Whether it is one piece of up to four characters again and again."""
    return len(text) > 4 and any(
        text == text[:n] * (len(text) // n) + text[: len(text) % n] for n in range(1, 5)
    )


def _along_keys(plain: str, rows: Sequence[str]) -> bool:
    """Whether the text is nothing but two or fewer runs of keys in their order."""
    rest, runs = plain, 0
    while rest:
        longest = next(
            (n for n in range(len(rest), 2, -1) if any(rest[:n] in row for row in rows)), 0
        )
        if not longest:
            return False
        rest, runs = rest[longest:], runs + 1
    return runs <= 2


def read_all(path: Path) -> list[str]:
    """Passwords to try on what others have encrypted: one a line, blank lines left out, each once;
    at last those with spaces around them also without, as a copy from a mail has them.

    Their length is the sender's affair. Raises UsageError as ``read`` does, for a file without a
    password, and for more than 200.
    """
    found = list(dict.fromkeys(line for line in _lines(path) if line.strip()))
    if not found:
        raise UsageError(
            f"パスワードのファイル「{path.name}」にパスワードがありません。",
            "1行に1つずつ、事業所から知らされたパスワードを書いてください。",
        )
    if len(found) > MOST:
        raise UsageError(
            f"パスワードのファイル「{path.name}」のパスワードが多すぎます({MOST}個まで)。",
            "フォルダーを分け、それぞれに使うパスワードだけを書いてください。",
        )
    found += [line.strip() for line in found]
    # What we have encrypted has the composed form, what others have as they typed it.
    return list(dict.fromkeys([*found, *(unicodedata.normalize("NFC", line) for line in found)]))


def _lines(path: Path) -> list[str]:
    """The file's lines, parted at line ends only: no other character cuts a password."""
    try:
        text = bounded(path, _FILE).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"パスワードのファイル「{path.name}」を読めません({cause(error)})。",
            "パスワードを1行目に書いたテキストファイルを指定してください。",
        ) from None
    except UnicodeDecodeError:
        raise _no_text(path) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _no_text(path: Path) -> UsageError:
    return UsageError(
        f"パスワードのファイル「{path.name}」が文字コードUTF-8のテキストではありません。",
        "メモ帳で「UTF-8」を選んで保存し直してください。",
    )
