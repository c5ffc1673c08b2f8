"""A lasting id of a workbook: in a hidden name, so that it travels with the file.

It is given with our first write, never by a write of its own, and is the same for the same file
(made from its bytes): a copy is told from another workbook, and the usage log can follow a workbook
that is renamed, moved or changed.
"""

import hashlib

from shikaku.ooxml import workbook_part

NAME = "_shikaku_id"


def of(main: bytes) -> str:
    """The id in the workbook part; "" when it has none of ours."""
    return read(workbook_part.names(main).get(NAME, ""))


def read(formula: str) -> str:
    """The id that the hidden name's formula holds; "" when it is none of ours.

    >>> read('="0123456789abcdef0123456789abcdef"'), read("=Sheet1!$A$1")
    ('0123456789abcdef0123456789abcdef', '')
    """
    text = formula.removeprefix("=").strip('"')
    return text if len(text) == 32 and set(text) <= set("0123456789abcdef") else ""


def given(main: bytes, file: bytes) -> bytes:
    """The workbook part with an id, made from the bytes of the whole file unless it has one."""
    if of(main):
        return main
    new = hashlib.sha256(file).hexdigest()[:32]
    return workbook_part.with_names(main, NAME, {NAME: f'"{new}"'})
