"""The icon on the desktop: a small file that starts the window with this very Python.

Windows: ``資格確認.cmd`` (a workbook dropped on it is opened); Mac: ``資格確認.command``; Linux:
``資格確認.desktop``. Plain text that anybody can read; nothing is registered anywhere.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import platformdirs

from shikaku.system.atomic import replacing
from shikaku.system.errors import BookError, cause

NAME = "資格確認"


def text(platform: str, python: str) -> tuple[str, bytes]:
    """(file name, content) of the icon. platform: as ``sys.platform`` has it; python: the
    interpreter's path."""
    if platform == "win32":
        # ASCII alone outside the path: a .cmd is read in the console's code page, which chcp sets.
        windowed = (
            python[: -len("python.exe")] + "pythonw.exe"
            if python.endswith("python.exe")
            else python
        )
        lines = (
            "@echo off",
            "chcp 65001 >nul",
            f'start "" "{windowed.replace("%", "%%")}" -m shikaku app %*',
        )
        return f"{NAME}.cmd", "\r\n".join((*lines, "")).encode()
    command = f"{shlex.quote(python)} -m shikaku app"
    if platform == "darwin":
        return f"{NAME}.command", f'#!/bin/sh\nexec {command} "$@"\n'.encode()
    entry = (
        "[Desktop Entry]",
        "Type=Application",
        f"Name={NAME}",
        "Comment=健康保険の届出の検証・通知書の作成",
        f"Exec={_desktop_quoted(python)} -m shikaku app %f",
        "Icon=x-office-spreadsheet",
        "Terminal=false",
        "Categories=Office;",
        "MimeType=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;",
    )
    return f"{NAME}.desktop", ("\n".join(entry) + "\n").encode()


def _desktop_quoted(path: str) -> str:
    """An argument of ``Exec`` as the Desktop Entry Specification quotes it."""
    inner = "".join(f"\\\\{c}" if c in '"`$\\' else c for c in path)
    return '"' + inner.replace("%", "%%") + '"'


def desktop() -> Path:
    """The user's desktop folder."""
    return Path(platformdirs.user_desktop_dir())


def make(folder: Path | None = None) -> Path:
    """Write the icon; an older one gives way. folder: default the desktop. Raises BookError."""
    name, content = text(sys.platform, sys.executable)
    target = (folder or desktop()) / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as draft:
            draft.write_bytes(content)
        if os.name != "nt":
            target.chmod(0o755)
    except OSError as error:
        raise BookError(
            f"デスクトップに「{name}」を作れませんでした({cause(error)})。",
            f"フォルダ「{target.parent}」に書き込めるかを確かめてください。",
        ) from None
    if sys.platform.startswith("linux"):
        _trust(target)
    return target


def _trust(target: Path) -> None:
    """GNOME starts only icons that are marked as trusted; elsewhere the mark does no harm."""
    command = ("gio", "set", str(target), "metadata::trusted", "true")
    try:
        subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return  # no gio, or no session: the user is asked once
