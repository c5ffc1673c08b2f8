"""Passwords come from a file, never from the command line, where other users could see them."""

from pathlib import Path

from shikaku.errors import UsageError

SHORTEST = 8


def read(path: Path) -> str:
    """The password: the file's first line, UTF-8 (a BOM is fine), without the line's end.

    Raises UsageError when the file is missing, empty, no text, or the password is shorter than
    8 characters. The password itself appears in no message.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(
            f"パスワードのファイル「{path.name}」を読めません({type(error).__name__})。",
            "パスワードを1行目に書いたテキストファイルを指定してください。",
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"パスワードのファイル「{path.name}」が文字コードUTF-8のテキストではありません。",
            "メモ帳で「UTF-8」を選んで保存し直してください。",
        ) from None
    password = lines[0] if lines else ""
    if len(password) < SHORTEST:
        raise UsageError(
            f"パスワードのファイル「{path.name}」の1行目が{SHORTEST}文字より短くなっています。",
            f"{SHORTEST}文字以上のパスワードを1行目に書いてください。",
        )
    return password
