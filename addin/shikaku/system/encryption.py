"""Office files under a password (MS-OFFCRYPTO): made with agile AES-256, opened in memory only.

The plain file never touches the disk on the way. What others have sent is not trusted: a
password hash with millions of rounds, XML with entities or a damaged container is refused.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.system.errors import BookError

if TYPE_CHECKING:
    from msoffcrypto.format.ooxml import OOXMLFile

MAX_ROUNDS = 1_000_000
"""Office itself writes 100,000. The standard allows ten million: minutes for each try."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "EncryptedPackage".encode("utf-16le")


class WrongPassword(BookError):
    """None of the passwords opens the workbook."""


def is_sealed(data: bytes) -> bool:
    """Whether these are the bytes of an Office file under a password.

    >>> is_sealed(b"PK...")
    False
    """
    return data.startswith(_OLE) and _PACKAGE in data


def seal(data: bytes, password: str) -> bytes:
    """An .xlsx or .docx under a password: agile encryption, AES-256 in CBC mode, SHA-512, 100,000 rounds.

    Raises BookError when these bytes are no such file.
    """
    from msoffcrypto.exceptions import EncryptionError, FileFormatError
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    try:
        OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    except (EncryptionError, FileFormatError):
        raise BookError(
            "このファイルは暗号化できません。",
            "ExcelやWordで .xlsx や .docx として保存し直してください。",
        ) from None
    return out.getvalue()


def under(password: str | None, data: bytes) -> bytes:
    """``seal`` where there is a password, else the bytes as they are."""
    return seal(data, password) if password else data


def prove(path: Path, data: bytes, password: str, name: str) -> None:
    """Open what was written and compare. Raises BookError when it isn't what it should be."""
    opened, _ = unseal(path.read_bytes(), [password], name)
    if opened != data:
        raise BookError(
            f"暗号化した「{name}」を開き直したところ、中身が違いました。ファイルは残していません。",
            "もう一度実行し、続くときは担当の技術者に知らせてください。",
        )


def unseal(data: bytes, passwords: Sequence[str], name: str) -> tuple[bytes, int]:
    """The workbook inside, and the index of the password that opened it.

    name: of the file, for messages. With agile encryption the content's own check sum must fit,
    so that nothing was changed on the way. Raises WrongPassword, or BookError for what is damaged
    or encrypted in a way that we don't know.
    """
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    try:
        book = _opened(data, name)
        # The check sum tells a wrong password, too; asking for both would cost twice the time.
        agile = book.type == "agile"
        for index, password in enumerate(passwords):
            out = io.BytesIO()
            try:
                book.load_key(password=password, verify_password=not agile)
                book.decrypt(out, verify_integrity=agile)
            except InvalidKeyError:
                continue
            return out.getvalue(), index
        if agile and any(_fits(book, password) for password in passwords):
            raise _damaged(name)
    except BookError:
        raise
    except (DecryptionError, FileFormatError):
        raise BookError(
            f"「{name}」の暗号化の方式は扱えません。",
            "Excelで開き、パスワードを付け直して保存したものを受け取ってください。",
        ) from None
    except Exception:  # olefile and msoffcrypto raise whatever a damaged container leads them to
        raise _damaged(name) from None
    if not passwords:
        raise WrongPassword(
            f"「{name}」はパスワードで保護されています。",
            "パスワードを1行に1つずつ書いたファイルを --password-file で指定してください。",
        )
    raise WrongPassword(
        f"「{name}」を開けるパスワードがありません。",
        "事業所にパスワードを確かめ、--password-file のファイルに書き足してください。",
    )


def _fits(book: "OOXMLFile", password: str) -> bool:
    """Whether it is the password, though the content has been changed since."""
    from msoffcrypto.exceptions import InvalidKeyError

    try:
        book.load_key(password=password, verify_password=True)
    except InvalidKeyError:
        return False
    return True


def _damaged(name: str) -> BookError:
    return BookError(
        f"「{name}」は壊れているか、途中で書き換えられたため、暗号を解けません。",
        "元のファイルをもう一度受け取ってください。",
    )


def _opened(data: bytes, name: str) -> "OOXMLFile":
    from msoffcrypto.format.ooxml import OOXMLFile
    from olefile import OleFileIO

    with OleFileIO(io.BytesIO(data)) as container, container.openstream("EncryptionInfo") as info:
        if b"<!" in info.read():
            raise BookError(
                f"「{name}」は安全のため開きません(暗号の情報にDTDまたは外部実体の宣言があります)。",
                "開かずに、送り主へ確認してください。",
            )
    book = OOXMLFile(io.BytesIO(data))
    if book.type == "agile" and book.info["spinValue"] > MAX_ROUNDS:
        raise BookError(
            f"「{name}」は暗号の計算が異常に重いため開きません。",
            "Excelで開き、パスワードを付け直して保存したものを受け取ってください。",
        )
    return book
