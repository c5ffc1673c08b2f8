"""What this run has already put on the disk for good, so that nothing said later denies it.

A job may fail after the workbook was written: the summary finds no room, the reader of its output
is gone. Then "the workbook is unchanged" would be a lie, and the job's outcome stands all the same.
"""

_written: list[str] = []
_remarks: list[str] = []

UNCHANGED = "ブックは変わっていません。"


def begin() -> None:
    """A command begins: nothing is written, nothing to be said."""
    _written.clear()
    _remarks.clear()


def note(name: str) -> None:
    """A workbook of that file name has just been written."""
    if name not in _written:
        _written.append(name)


def outcome() -> str:
    """One sentence on what has become of the workbook so far."""
    if not _written:
        return UNCHANGED
    names = "」「".join(_written)
    return f"「{names}」への書き込みは終わっています(もう一度書き込む必要はありません)。"


def done() -> bool:
    """Whether a workbook has been written."""
    return bool(_written)


def remark(text: str) -> None:
    """Something beside the job that did not work out; it changes nothing in the job's result."""
    _remarks.append(text)


def remarks() -> list[str]:
    """What there is to say beside the result; said once."""
    found = list(_remarks)
    _remarks.clear()
    return found
