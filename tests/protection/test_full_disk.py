"""No space, no permission: a clear word, nothing half done, and the next run does the work."""

import contextlib
import functools
import os
import subprocess
from pathlib import Path

import office
import pytest
from faultkit import (
    commands,
    drafts,
    files,
    furnished,
    inline,
    more_commands,
    rows,
    run,
    small_files,
    without_powers,
)

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)


EVERY = [*commands(Path()), *more_commands(Path())]


# The add-in is put together in the system's temporary folder, which would be limited as well.
@pytest.mark.parametrize("command", [c for c in EVERY if c != "addin"])
def test_files_that_can_not_grow(tmp_path, command):
    old = furnished(tmp_path)
    words = (commands(tmp_path) | more_commands(tmp_path))[command]
    # Some files of so few people are a few hundred bytes.
    size = 100 if command in ("export", "list") else 2048
    status, said = run(tmp_path, *words, before=functools.partial(small_files, size))
    assert status == 2 and "書き込め" in said and "Traceback" not in said, said
    assert "思いがけない" not in said
    left = files(tmp_path)
    left.pop("out/index.csv", None)  # small enough: it says what wasn't made
    assert left == old and not drafts(tmp_path)
    status, said = run(tmp_path, *words, before=inline)
    assert status in (0, 1), said
    assert "書き込め" not in said


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 800 kB; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=800k", "tmpfs", str(place)]
    try:
        done = subprocess.run(words, capture_output=True).returncode
    except OSError:
        done = 1
    if done:
        office.missing("小さなファイルシステムを mount する権限")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(place: Path, room: int) -> Path:
    """Fill a disk up to so many bytes."""
    filler = place / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    os.truncate(filler, filler.stat().st_size - room)
    return filler


@pytest.mark.parametrize("command", EVERY)
def test_a_disk_that_is_really_full(small_disk, tmp_path, command):
    old = furnished(small_disk)
    filler = fill(small_disk, 0)
    words = (commands(small_disk) | more_commands(small_disk))[command]
    status, said = run(tmp_path, *words, before=inline)
    assert status == 2 and "空き容量" in said and "思いがけない" not in said, said
    assert files(small_disk) == old and not drafts(small_disk)
    filler.unlink()
    status, said = run(tmp_path, *words, before=inline)
    assert status in (0, 1) and "空き容量" not in said, said


@pytest.mark.parametrize(
    ("command", "room"),
    [("letters", 49152), ("run", 110592), ("remind", 24576), ("submit", 49152), ("export", 4096)],
)
def test_a_disk_that_fills_up_on_the_way(small_disk, tmp_path, command, room):
    """Some of the files find room: the workbook is whole, and the next run brings the rest."""
    whole = tmp_path / "undisturbed"
    whole.mkdir()
    for folder in (whole, small_disk):
        old = furnished(folder)
    words = {f: (commands(f) | more_commands(f))[command] for f in (whole, small_disk)}
    run(whole, *words[whole], before=inline)
    filler = fill(small_disk, room)
    status, said = run(tmp_path, *words[small_disk], before=inline)
    assert status == 2 and "空き容量" in said and "思いがけない" not in said, said
    left = files(small_disk)
    assert {name: left[name] for name in old} == old and not drafts(small_disk)
    assert command == "submit" or len(left) > len(old)  # the receipt without the copy is no use
    filler.unlink()
    status, said = run(tmp_path, *words[small_disk], before=inline)
    assert status in (0, 1) and files(small_disk).keys() == files(whole).keys(), said
    sheets = ("members", "ledger", "history", "findings", "decisions")
    assert rows(small_disk / "b.xlsx", *sheets) == rows(whole / "b.xlsx", *sheets)


def test_a_full_disk_costs_no_kept_copy(small_disk, tmp_path):
    """purge takes the kept copy away, but not when it can't do its own work."""
    furnished(small_disk)
    words = (commands(small_disk) | more_commands(small_disk))["purge"]
    copy = small_disk / "b.xlsx.bak"
    copy.write_bytes((small_disk / "b.xlsx").read_bytes())
    filler = fill(small_disk, 0)
    assert run(tmp_path, *words)[0] == 2 and copy.exists()
    filler.unlink()
    assert run(tmp_path, *words)[0] == 0 and not copy.exists()


@pytest.mark.skipif(
    not Path("/proc").exists(), reason="Linux の権限がないため、この試験は実行できません。"
)
@pytest.mark.parametrize("command", EVERY)
def test_a_read_only_folder(tmp_path, command):
    place = tmp_path / "place"
    old = furnished(place)
    words = (commands(place) | more_commands(place))[command]
    place.chmod(0o555)
    try:
        status, said = run(tmp_path, *words, before=without_powers)
        assert status == 2 and "権限" in said and "思いがけない" not in said, said
        assert files(place) == old
    finally:
        place.chmod(0o755)
    assert run(tmp_path, *words, before=inline)[0] in (0, 1)
