"""Workbooks on OneDrive and SharePoint: from Excel's web address to the file on this disk."""

from pathlib import Path
from urllib.parse import quote

import pytest
from shikaku.excel import onedrive


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


CASES = [
    ("https://d.docs.live.net/d7bbaa123/仕事/届出.xlsx", "OneDrive", "仕事/届出.xlsx"),
    (
        "https://kakuu-my.sharepoint.com/personal/hanako_kakuu_jp/Documents/%E5%B1%8A%E5%87%BA.xlsx",
        "OneDriveCommercial",
        "届出.xlsx",
    ),
    (
        "https://kakuu.sharepoint.com/sites/HR/Shared%20Documents/2026/A%20B.xlsx",
        "OneDriveCommercial",
        "2026/A B.xlsx",
    ),
]


@pytest.mark.parametrize(("url", "variable", "below"), CASES)
def test_the_sync_folder_of_the_environment(tmp_path, home, url, variable, below):
    file = put(tmp_path / "OneDrive - 架空" / below)
    environ = {variable: str(tmp_path / "OneDrive - 架空")}
    assert onedrive.local_path(url, {}, environ, home) == file


def test_the_sync_clients_own_table_goes_first(tmp_path, home):
    file = put(tmp_path / "架空" / "HR - 文書" / "2026" / "届出.xlsx")
    put(tmp_path / "OneDrive" / "2026" / "届出.xlsx")
    mounts = {
        "https://kakuu.sharepoint.com/sites/HR/Shared%20Documents": str(file.parents[1]),
        "https://kakuu.sharepoint.com/sites": str(tmp_path),
    }
    url = "https://kakuu.sharepoint.com/sites/hr/Shared%20Documents/2026/届出.xlsx"
    assert onedrive.local_path(url, mounts, {"OneDrive": str(tmp_path / "OneDrive")}, home) == file


@pytest.mark.parametrize("escaped", ["url", "mount", "both", "neither"])
def test_the_table_and_the_address_may_be_escaped_or_not(tmp_path, home, escaped):
    folder = put(tmp_path / "チーム - ドキュメント" / "届出 a.xlsx").parent
    web, name = "https://kakuu.sharepoint.com/sites/x/Shared Documents", "届出 a.xlsx"
    mount = quote(web, ":/") if escaped in ("mount", "both") else web
    url = quote(f"{web}/{name}", ":/") if escaped in ("url", "both") else f"{web}/{name}"
    assert onedrive.local_path(url, {mount: str(folder)}, {}, home) == folder / name
    # Another library whose name only begins alike isn't this one.
    put(folder / "2" / name)
    assert onedrive.local_path(f"{web}2/{name}", {mount: str(folder)}, {}, home) is None


def test_the_macs_cloud_storage(home):
    file = put(home / "Library/CloudStorage/OneDrive-SharedLibraries-架空/HR - 文書/届出.xlsx")
    url = "https://kakuu.sharepoint.com/sites/HR/Shared%20Documents/届出.xlsx"
    assert onedrive.local_path(url, {}, {}, home) == file


def test_the_longest_tail_wins_over_a_namesake(tmp_path, home):
    put(tmp_path / "届出.xlsx")
    file = put(tmp_path / "2026" / "届出.xlsx")
    url = "https://d.docs.live.net/1/2026/届出.xlsx"
    assert onedrive.local_path(url, {}, {"OneDrive": str(tmp_path)}, home) == file


def test_nothing_is_guessed_and_no_address_leaves_the_folder(tmp_path, home):
    put(tmp_path / "secret.xlsx")
    root = tmp_path / "OneDrive"
    root.mkdir()
    environ = {"OneDrive": str(root)}
    for url in (
        "https://d.docs.live.net/1/ない.xlsx",
        "https://d.docs.live.net/1/../../secret.xlsx",
        "https://d.docs.live.net/1/%2e%2e/secret.xlsx",
        "https://d.docs.live.net/",
    ):
        assert onedrive.local_path(url, {}, environ, home) is None, url


def test_paths_are_no_addresses():
    assert onedrive.is_url("https://x/y.xlsx")
    for text in (r"C:\Users\x\届出.xlsx", "/Users/x/届出.xlsx", "ブック1", r"\\server\共有\x.xlsx"):
        assert not onedrive.is_url(text)
