"""Where the packed data files are: in the wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKED = Path(__file__).resolve().parents[1] / "_data"
_CHECKOUT = Path(__file__).resolve().parents[3]


def folder(name: str) -> Path:
    """The folder ``templates``, ``workbooks``, ``macros`` or ``addin`` of this installation.

    Raises FileNotFoundError when the installation is damaged.
    """
    for base in (_PACKED, _CHECKOUT):
        path = base / name
        if path.is_dir():
            return path
    raise FileNotFoundError(name)
