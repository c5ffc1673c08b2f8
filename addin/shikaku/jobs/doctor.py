"""What is installed, which PDF engine will be used, which fonts are missing."""

import os
import platform
import sys
from dataclasses import dataclass
from importlib import metadata

from shikaku import __version__
from shikaku.letters.pdf import choose
from shikaku.system import display, error_report, usage_log

LIBRARIES = (
    "lxml",
    "XlsxWriter",
    "docxtpl",
    "rdocx",
    "noto-cjk-sans-jp-regular",
    "noto-cjk-sans-jp-bold",
    "pikepdf",
    "msoffcrypto-tool",
    "jpholiday",
    "xlwings",
    "pyOpenVBA",
)


@dataclass
class Examination:
    """Lines of (state, topic, detail); state: ok | note | bad."""

    items: list[tuple[str, str, str]]

    @property
    def exit_status(self) -> int:
        """1 when something needed is missing."""
        return int(any(state == "bad" for state, _, _ in self.items))

    def to_json(self) -> dict:
        """The items."""
        keys = ("state", "topic", "detail")
        return {"items": [dict(zip(keys, item, strict=True)) for item in self.items]}

    def lines(self) -> list[str]:
        """One line an item."""
        signs = {"ok": "○", "note": "－", "bad": "×"}
        return [f"{signs[state]} {topic}: {detail}" for state, topic, detail in self.items]


def examine() -> Examination:
    """Look at this machine."""
    items = [
        ("ok", "shikaku", f"{__version__}({os.path.dirname(os.path.dirname(__file__))})"),
        (
            "ok" if sys.version_info >= (3, 11) else "bad",
            "Python",
            f"{platform.python_version()}({sys.executable})",
        ),
        ("ok", "OS", f"{platform.system()} {platform.release()} {platform.machine()}"),
        *map(_library, LIBRARIES),
        *_pdf_engines(),
        *_addin(),
        _window(),
        _usage_log(),
        ("ok", "ログ", str(error_report.path())),
    ]
    return Examination(items)


def _usage_log() -> tuple[str, str, str]:
    why = usage_log.obstacle()
    answer = (
        f"{usage_log.path()} に書けません({why})。利用記録が残りません"
        if why
        else str(usage_log.path())
    )
    return ("bad" if why else "ok", "利用記録", answer)


def _window() -> tuple[str, str, str]:
    why = display.obstacle()
    return ("note" if why else "ok", "窓(shikaku app)", why or "開けます")


def _library(name: str) -> tuple[str, str, str]:
    try:
        return ("ok", name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return ("bad", name, "見つかりません。pip install shikaku をやり直してください")


def _pdf_engines() -> list[tuple[str, str, str]]:

    return list(choose.examine())


def _addin() -> list[tuple[str, str, str]]:
    from shikaku import install
    from shikaku.excel import type_cache

    return [*install.examine(), *type_cache.examine()]
