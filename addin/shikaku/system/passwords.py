"""Passwords come from a file, never from the command line, where other users could see them."""

from pathlib import Path

from shikaku.system.errors import UsageError, cause

SHORTEST = 8
LONGEST = 255
"""What Excel lets its users type."""

MOST = 200
"""More passwords than this in a file, each tried on each workbook, would take hours."""


def read(path: Path) -> str:
    """The password: the file's first line, UTF-8 (a BOM is fine), without the line's end.

    Raises UsageError when the file is missing, empty, no text, or the password is none that
    ``refuse_poor`` takes. The password itself appears in no message.
    """
    lines = _lines(path)
    password = lines[0] if lines else ""
    if len(password) < SHORTEST:
        raise UsageError(
            f"パスワードのファイル「{path.name}」の1行目が{SHORTEST}文字より短くなっています。",
            f"{SHORTEST}文字以上のパスワードを1行目に書いてください。",
        )
    refuse_poor(password)
    return password


def refuse_poor(password: str) -> None:
    """Raise UsageError for a password that is too short to protect anything, too long for Excel, or
    with a space at an end: nobody sees it, and whoever is told the password types it without."""
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
    return list(dict.fromkeys([*found, *(line.strip() for line in found)]))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(
            f"パスワードのファイル「{path.name}」を読めません({cause(error)})。",
            "パスワードを1行目に書いたテキストファイルを指定してください。",
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"パスワードのファイル「{path.name}」が文字コードUTF-8のテキストではありません。",
            "メモ帳で「UTF-8」を選んで保存し直してください。",
        ) from None
