"""Where a workbook on OneDrive or SharePoint lies on this computer.

With AutoSave on, Excel tells a web address instead of a path. The sync client keeps a copy on the
disk; these are the ways to find it, the sure one first. Nothing is fetched from the web.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit


def is_url(full_name: str) -> bool:
    """Whether Excel tells a web address as the workbook's place."""
    return "://" in full_name


def local_path(
    url: str,
    mounts: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Path | None:
    """The file on this disk for a workbook's web address; None when there is none to be found.

    mounts: web folder → local folder as the sync client knows them (default: Windows' registry).
    environ, home: for tests. The longest matching tail of the address wins, and the file must
    exist, so that a namesake in another folder isn't taken for it as long as the real one is there.
    """
    mounts = _registered() if mounts is None else mounts
    for web, folder in sorted(mounts.items(), key=lambda item: -len(item[0])):
        # Either side may have its spaces and Japanese escaped, or not.
        place, below = unquote(url), unquote(web).rstrip("/") + "/"
        if place.lower().startswith(below.lower()):
            found = Path(folder, *_parts(place[len(below) :]))
            if found.is_file():
                return found
    parts = _parts(unquote(urlsplit(url).path))
    roots = list(_roots(os.environ if environ is None else environ, home or Path.home()))
    for start in range(len(parts)):
        for root in roots:
            found = root.joinpath(*parts[start:])
            if found.is_file():
                return found
    return None


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".", "..")]


def _roots(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    for name in ("OneDriveCommercial", "OneDriveConsumer", "OneDrive"):
        if environ.get(name):
            yield Path(environ[name])
    # The Mac's sync folders: OneDrive-個人用, OneDrive-SharedLibraries-会社名 and the like.
    storage = home / "Library" / "CloudStorage"
    if storage.is_dir():
        for folder in sorted(storage.glob("OneDrive*")):
            yield folder
            yield from (child for child in sorted(folder.iterdir()) if child.is_dir())
    yield home / "OneDrive"


def _registered() -> dict[str, str]:
    """What OneDrive for Windows syncs: HKCU\\Software\\SyncEngines\\Providers\\OneDrive."""
    if sys.platform != "win32":
        return {}
    import winreg

    found = {}
    try:
        key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\SyncEngines\Providers\OneDrive")
        with key:
            for number in range(winreg.QueryInfoKey(key)[0]):
                with winreg.OpenKey(key, winreg.EnumKey(key, number)) as item:
                    web = winreg.QueryValueEx(item, "UrlNamespace")[0]
                    found[web.rstrip("/")] = winreg.QueryValueEx(item, "MountPoint")[0]
    except OSError:
        pass  # OneDrive isn't installed, or keeps an entry without these values
    return found
