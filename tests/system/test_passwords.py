"""Passwords to encrypt with, and to open with: what is refused, and that no message says one."""

import unicodedata

import pytest
from shikaku.system import passwords
from shikaku.system.errors import UsageError

GOOD = "kumiai-himitsu-2026"


@pytest.mark.parametrize(
    "password",
    [
        *("password", "P@ssw0rd!", "Password2026", "welcome1", "健康保険2026!!", "hoken-2026"),
        *("12345678", "87654321", "abcdefgh", "qwertyui", "1qaz2wsx", "asdfghjkl123", "20260401"),
        *(
            "aaaaaaaa",
            "abababab",
            "abcabcabc",
            "あああああああああ",
            "09012345678",
            "ｐａｓｓｗｏｒｄ",
        ),
        *("zxcvbnm,./", "a1b2c3d4", "q1w2e3r4", "abcdabcd1", "1qaz2wsx!"),
        *("short", " leading-space-9", "trailing-space-9\u3000", "x" * 256),
    ],
)
def test_a_poor_one_is_refused_and_not_said(password):
    with pytest.raises(UsageError) as error:
        passwords.fit(password)
    assert password.strip() not in str(error.value)


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\u200b", "\u202e"], ids=ascii)  # fmt: skip
def test_what_no_keyboard_types_is_refused_and_cuts_nothing(char, tmp_path):
    path = tmp_path / "pw.txt"
    path.write_bytes(f"{GOOD}{char}tail-end\n".encode())
    with pytest.raises(UsageError):
        passwords.read(path)
    with pytest.raises(UsageError):
        passwords.fit(f"{GOOD}{char}")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_no_utf_16(encoding, tmp_path):
    path = tmp_path / "pw.txt"
    path.write_bytes(f"{GOOD}\r\n".encode(encoding))
    with pytest.raises(UsageError):
        passwords.read(path)


@pytest.mark.parametrize("password", [GOOD, "long-and-unusual-9", "ひみつの言葉です", "940715382610", "P@ss the salt, Aki"])  # fmt: skip
def test_a_good_one_is_kept_in_the_composed_form(password, tmp_path):
    path = tmp_path / "pw.txt"
    path.write_text(unicodedata.normalize("NFD", password) + "\r\nsecond\n", "utf-8")
    assert passwords.read(path) == password


def test_to_open_with_nothing_is_refused(tmp_path):
    path = tmp_path / "pw.txt"
    typed = unicodedata.normalize("NFD", "が password")
    path.write_text(f"12345678\n\n a\u2028b \n{typed}\n", "utf-8")
    found = passwords.read_all(path)
    assert found[0] == "12345678" and "a\u2028b" in found
    assert typed in found and unicodedata.normalize("NFC", typed) in found
