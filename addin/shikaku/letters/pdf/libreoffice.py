"""LibreOffice as PDF engine: an own, private office for each batch, and a clock on it.

The user's office stays untouched: a profile of our own lets several run side by side, and only
the process that we started is ended when it hangs.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from shikaku.letters.pdf.office_batch import BatchEngine
from shikaku.system.errors import PdfError

_FILTER = (
    'pdf:writer_pdf_Export:{"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"},'
    '"ExportBookmarks":{"type":"boolean","value":"false"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"}}'
)
# The office's own settings: it loads no linked picture or file, runs no macro, asks nobody.
_SETTINGS = (
    ("Writer/Content/Update", "Link", 2),
    ("Calc/Content/Update", "Link", 2),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", 3),
    ("Common/Load", "UpdateDocMode", 0),
    ("Common/Misc", "FirstRun", "false"),
)
_PROXY = (
    '<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="{}" oor:op="fuse">'
    "<value>{}</value></prop></item>"
)
# A proxy that isn't there: whatever would be fetched all the same is not reached.
_PROXIES = (
    ("ooInetProxyType", 1),
    ("ooInetHTTPProxyName", "127.0.0.1"),
    ("ooInetHTTPProxyPort", 9),
    ("ooInetHTTPSProxyName", "127.0.0.1"),
    ("ooInetHTTPSProxyPort", 9),
    ("ooInetFTPProxyName", "127.0.0.1"),
    ("ooInetFTPProxyPort", 9),
    ("ooInetNoProxy", ""),
)
# Seconds: a first start on a slow machine, and each letter.
_START, _PER_LETTER = 90, 3
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
)


@lru_cache(maxsize=1)
def program() -> str | None:
    """The path of soffice, None when there is none. ``SHIKAKU_SOFFICE`` names another."""
    own = os.environ.get("SHIKAKU_SOFFICE")
    if own:
        return own if Path(own).is_file() else None
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return found
    return next((p for p in _PLACES if Path(p).is_file()), None)


class LibreOffice(BatchEngine):
    """``libreoffice``: see the module. Raises PdfError when it isn't installed."""

    name = "libreoffice"
    label = "LibreOffice"
    counts_sections = False

    def __init__(self, limit: float | None = None):
        found = program()
        self._limit = limit
        if found is None:
            raise PdfError(
                "LibreOfficeが見つかりません。",
                "LibreOfficeを入れるか、--pdf-engine embedded を選んでください。",
            )
        self._program = found

    def run(self, sources: Sequence[Path], folder: Path, letters: int) -> None:
        """Print the files in one office. Raises PdfError past the time limit."""
        profile = _profile(folder / "profile").as_uri()
        # Names are short and relative: a command line on Windows ends at 32,767 characters.
        command = [
            self._program, f"-env:UserInstallation={profile}", "--headless", "--norestore",
            "--nolockcheck", "--nodefault", "--convert-to", _FILTER, "--outdir", str(folder),
            *(s.name for s in sources),
        ]  # fmt: skip
        limit = self._limit or _START + _PER_LETTER * letters
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
        )
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            raise PdfError(
                f"LibreOfficeが{limit:.0f}秒たっても終わりませんでした。",
                "ほかのソフトを閉じてやり直すか、--pdf-engine embedded を選んでください。",
            ) from None
        finally:
            if process.poll() is None:
                _end(process)


def _profile(folder: Path) -> Path:
    """An office profile that forbids links and macros."""
    user = folder / "user"
    user.mkdir(parents=True, exist_ok=True)
    items = [
        f'<item oor:path="/org.openoffice.Office.{place}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for place, name, value in _SETTINGS
    ]
    items += [_PROXY.format(name, value) for name, value in _PROXIES]
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' + "".join(items) + "</oor:items>",
        encoding="utf-8",
    )
    return folder


def _end(process: subprocess.Popen[bytes]) -> None:
    """End our own office, with the process that its starter started."""
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False
        )
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
