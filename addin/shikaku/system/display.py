"""Whether this Python can open a window at all."""

import sys
from importlib.util import find_spec

_INSTALL = {
    "linux": "「sudo apt install python3-tk」などで入れてください",
    "darwin": "「brew install python-tk」で入れるか、python.org のPythonを使ってください",
    "win32": "Pythonのインストーラーで「tcl/tk and IDLE」を加えてください",
}


def obstacle() -> str:
    """Why no window can be opened, and the way out; "" when its parts are there."""
    if find_spec("tkinter") is None or find_spec("_tkinter") is None:
        way = _INSTALL.get(sys.platform, "Pythonに加えてください")
        return f"画面の部品(tkinter)がありません。{way}"
    return ""
