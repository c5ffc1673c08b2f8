"""Installing into temporary homes laid out like Windows and the Mac; no Excel, no real home."""

import os
import sys
from pathlib import Path

import pytest
from shikaku.install import (
    actions,
    build,
    build_bytes,
    examine,
    install,
    place,
    sources,
    status,
    uninstall,
)
from shikaku.install.build import default_folder
from shikaku.system.errors import ShikakuError


@pytest.fixture
def windows(tmp_path):
    roaming = tmp_path / "Users" / "山田 花子" / "AppData" / "Roaming"
    return place("windows", tmp_path, {"APPDATA": str(roaming)})


@pytest.fixture
def mac(tmp_path):
    return place("mac", tmp_path / "Users" / "山田", {})


@pytest.fixture(params=["windows", "mac"])
def anywhere(request, tmp_path):
    return request.getfixturevalue(request.param)


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_windows_gets_one_file_in_the_start_folder(windows, tmp_path):
    report = install(windows)
    assert files(tmp_path) == [
        os.path.join(
            "Users/山田 花子/AppData/Roaming/Microsoft/Excel/XLSTART".replace("/", os.sep),
            "shikaku.xlam",
        )
    ]
    assert windows.addin.read_bytes() == build_bytes()
    assert report.exit_status == 0 and str(windows.addin) in report.lines()[0]


def test_windows_without_appdata_uses_the_home(tmp_path):
    found = place("windows", tmp_path, {})
    assert found.addin.parent == (
        tmp_path / "AppData" / "Roaming" / "Microsoft" / "Excel" / "XLSTART"
    )


def test_the_mac_gets_the_file_and_the_script(mac, tmp_path):
    install(mac)
    home = tmp_path / "Users" / "山田"
    office = "Library/Group Containers/UBF8T346G9.Office/User Content.localized"
    assert files(home) == sorted(
        [
            f"Library/Application Scripts/com.microsoft.Excel/{sources.SCRIPT}",
            f"{office}/Startup.localized/Excel/shikaku.xlam",
        ]
    )
    script = (mac.scripts / sources.SCRIPT).read_bytes()
    assert script == sources.script() and b"\r" not in script
    assert b"on VbaHandler(ParameterString)" in script


def test_installing_twice_changes_nothing(anywhere, tmp_path):
    install(anywhere)
    before = files(tmp_path)
    install(anywhere)
    assert files(tmp_path) == before
    assert status(anywhere).facts["current"] is True


def test_uninstalling_leaves_no_file_and_other_peoples_files_alone(anywhere, tmp_path):
    anywhere.addin.parent.mkdir(parents=True)
    other = [anywhere.addin.with_name("PERSONAL.XLSB")]
    if anywhere.scripts:
        anywhere.scripts.mkdir(parents=True)
        other.append(anywhere.scripts / "xlwings-0.37.8.applescript")
    for path in other:
        path.write_bytes(b"someone else's")
    install(anywhere)
    report = uninstall(anywhere)
    assert files(tmp_path) == sorted(str(p.relative_to(tmp_path)) for p in other)
    assert report.facts == {"addin": str(anywhere.addin), "installed": False}
    assert uninstall(anywhere).lines() == ["アドインは組み込まれていません。"]


def test_the_script_goes_though_the_add_in_is_gone_already(mac, tmp_path):
    """Somebody has thrown the file away: what calls it would lie there for ever."""
    install(mac)
    mac.addin.unlink()
    assert uninstall(mac).facts["installed"] is False
    assert files(tmp_path) == []


def test_an_older_xlwings_script_of_ours_is_replaced(mac):
    mac.scripts.mkdir(parents=True)
    (mac.scripts / "shikaku-0.30.0.applescript").write_text("old")
    install(mac)
    assert [p.name for p in mac.scripts.iterdir()] == [sources.SCRIPT]


def _held(*_args, **_kwargs):
    raise PermissionError(13, "held")


def test_a_file_that_excel_holds_is_named_with_excel_as_the_reason(anywhere, tmp_path, monkeypatch):
    install(anywhere)
    before = files(tmp_path)
    monkeypatch.setattr(actions.os, "replace", _held)
    with pytest.raises(ShikakuError) as stop:
        install(anywhere)
    assert "Excelが開いて" in stop.value.message and "閉じて" in stop.value.hint
    assert files(tmp_path) == before  # nothing half-written in a folder that Excel opens
    monkeypatch.setattr(type(anywhere.addin), "unlink", _held)
    with pytest.raises(ShikakuError) as stop:
        uninstall(anywhere)
    assert "Excelが開いて" in stop.value.message


def test_a_file_is_made_where_excel_opens_none(anywhere, monkeypatch):
    """Excel opens whatever lies in its start folder, half written or not."""
    waiting = []
    replace = actions.os.replace

    def watched(source, target):
        waiting.append((Path(source).read_bytes(), Path(source).parent, Path(target).parent))
        replace(source, target)

    monkeypatch.setattr(actions.os, "replace", watched)
    install(anywhere)
    assert waiting[0][0] == anywhere.addin.read_bytes()
    assert all(source not in (target, *target.iterdir()) for _, source, target in waiting)
    assert all(source in target.parents for _, source, target in waiting)


def test_a_full_disk_is_no_open_excel(windows, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(actions.os, "replace", full)
    with pytest.raises(ShikakuError) as stop:
        install(windows)
    assert "Excel" not in stop.value.message.replace(str(windows.addin), "")
    assert "空き容量" in stop.value.hint


def test_a_python_from_the_store_can_not_reach_excels_folder(windows, tmp_path, monkeypatch):
    packages = tmp_path / "Packages" / "PythonSoftwareFoundation" / "LocalCache" / "Roaming"
    monkeypatch.setattr(actions.os.path, "realpath", lambda path: str(packages / path.name))
    with pytest.raises(ShikakuError) as stop:
        install(windows)
    assert "Store" in stop.value.message and "python.org" in stop.value.hint
    assert files(tmp_path) == []


def test_linux_says_that_there_is_no_excel_and_where_the_file_is(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_DATA_DIR", str(tmp_path))
    with pytest.raises(ShikakuError) as stop:
        install(place("other"))
    assert "Linux用のExcelはありません" in stop.value.message
    assert str(default_folder() / "shikaku.xlam") in stop.value.message
    assert files(tmp_path) == ["shikaku.xlam"]
    assert status(place("other")).exit_status == 0
    assert uninstall(place("other")).exit_status == 0


def test_status_before_after_and_away(anywhere):
    assert status(anywhere).facts["installed"] is False
    install(anywhere)
    report = status(anywhere)
    assert report.exit_status == 0 and report.facts["current"] is True
    assert report.facts["addin_xlwings"] == report.facts["xlwings"] == sources.xlwings_version()
    assert report.facts["interpreter"] == sys.executable
    uninstall(anywhere)
    assert status(anywhere).facts["installed"] is False


@pytest.mark.parametrize(
    "what",
    ["xlwings", "package", "interpreter", "content", "not an add-in", "script gone", "script old"],
)
def test_status_sees_what_does_not_fit(mac, monkeypatch, what):
    install(mac)
    if what == "xlwings":
        monkeypatch.setattr(sources, "xlwings_version", lambda: "0.99.0")
    elif what == "package":
        monkeypatch.setattr(actions, "__version__", "9.9.9")
    elif what == "interpreter":
        build(mac.addin, "/gone/python")
    elif what == "content":
        with open(mac.addin, "ab") as file:
            file.write(b"\0")
    elif what == "not an add-in":
        mac.addin.write_bytes(b"PK")
    elif what == "script old":
        (mac.scripts / sources.SCRIPT).write_text("old")
    else:
        (mac.scripts / sources.SCRIPT).unlink()
    report = status(mac)
    assert report.exit_status == 1 and report.facts["current"] is False
    assert any(line.startswith("・") for line in report.lines())
    monkeypatch.undo()
    install(mac)
    assert status(mac).facts["current"] is True


def test_another_name_of_the_same_python_is_no_other_python(anywhere, tmp_path, monkeypatch):
    """A command's first line may say python3.11 where ``python -m`` says python."""
    environments = [tmp_path / name / "bin" for name in ("one", "other")]
    for folder in environments:
        folder.mkdir(parents=True)
        for name in ("python", "python3"):
            (folder / name).symlink_to(sys.executable)
    install(anywhere)
    build(anywhere.addin, str(environments[0] / "python"))
    monkeypatch.setattr(actions.sys, "executable", str(environments[0] / "python3"))
    assert status(anywhere).facts["current"] is True
    monkeypatch.setattr(actions.sys, "executable", str(environments[1] / "python"))
    assert "いまのPythonと違います" in "".join(status(anywhere).lines())


def test_doctor_hears_of_the_add_in(anywhere, monkeypatch):
    assert [state for state, _, _ in examine(anywhere)] == ["note"]
    install(anywhere)
    assert [state for state, _, _ in examine(anywhere)] == ["ok"]
    monkeypatch.setattr(sources, "xlwings_version", lambda: "0.99.0")
    assert {state for state, _, _ in examine(anywhere)} == {"bad"}
    assert [state for state, _, _ in examine(place("other"))] == ["note"]
