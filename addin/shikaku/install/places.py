"""Where Excel looks for add-ins, by system. No Excel is asked: the places are fixed."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shikaku.install.build import FILE_NAME

WINDOWS, MAC, OTHER = "windows", "mac", "other"


@dataclass(frozen=True, slots=True)
class Place:
    """The places of one user.

    system: windows | mac | other. addin: the file in Excel's start folder, None where there is no
    Excel. scripts: the folder of Excel for Mac's AppleScripts, None elsewhere.
    """

    system: str
    addin: Path | None = None
    scripts: Path | None = None


def place(
    system: str | None = None,
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Place:
    """The places of the user who runs this.

    system, home, environ: for tests; default: this system, the user's home, ``os.environ``.
    """
    system = system or {"win32": WINDOWS, "darwin": MAC}.get(sys.platform, OTHER)
    home = home or Path.home()
    environ = os.environ if environ is None else environ
    if system == WINDOWS:
        roaming = environ.get("APPDATA")
        base = Path(roaming) if roaming else home / "AppData" / "Roaming"
        return Place(WINDOWS, base / "Microsoft" / "Excel" / "XLSTART" / FILE_NAME)
    if system == MAC:
        library = home / "Library"
        group = library / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
        return Place(
            MAC,
            group / "Startup.localized" / "Excel" / FILE_NAME,
            library / "Application Scripts" / "com.microsoft.Excel",
        )
    return Place(OTHER)
