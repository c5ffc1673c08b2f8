"""Two users, two temporary folders, one workbook: killed at random and set against each other.

    python tests/protection/contest.py [--kills 120] [--races 100]

A race starts two commands at nearly the same moment, by two users with temporary folders, logs and
states of their own. Afterwards the workbook is whole, every run that says it succeeded has each of
its rows once, and no other run has any. A kill ends one user's command at a random moment; the
other one's next run finds the old book or the new one and finishes. ``test_contest.py`` runs a few.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1] / "kits")]
    from paths import PRODUCT

    sys.path.insert(0, str(PRODUCT))

import faultkit
from faultkit import DAY, alice, bob, end, start
from shikaku.system import saving
from shikaku.workbook.closed_file import ClosedBook

USERS = (alice, bob)


def team(place: Path) -> Path:
    """A folder that a team shares, with a workbook of Alice's in it."""
    place.mkdir(parents=True)
    path = faultkit.book(place / "b.xlsx")
    if os.name != "nt" and os.geteuid() == 0:
        os.chown(place, 2001, faultkit.GROUP)
        os.chown(path, 2001, faultkit.GROUP)
    place.chmod(0o2770)
    path.chmod(0o660)
    return path


def words(kind: str, path: Path, user: str) -> list[object]:
    """A command on the workbook."""
    if kind == "letters":
        return list(faultkit.letter_words(path, path.parent / f"out-{user}"))
    return [kind, path, "--write", *DAY]


def content(path: Path) -> dict[str, list]:
    """The texts of the sheets that the commands write, and of the register."""
    book = ClosedBook(path).read()
    return {
        key: [
            tuple((k, c.text) for k, c in row.cells.items() if k != "file")
            for row in book.tables[key].rows
        ]
        for key in ("members", "history", "ledger", "findings", "decisions")
    }


def identity(path: Path) -> tuple[int, int, int]:
    """Owner, group and mode of a file."""
    status = path.stat()
    return status.st_uid, status.st_gid, status.st_mode


def race(folder: Path, chance: random.Random, rows: int) -> str:
    """One race; what came of it."""
    path = team(folder / "team")
    owner = identity(path)
    before = content(path)
    kinds = [chance.choice(("letters", "letters", "check", "decide")) for _ in USERS]
    children = []
    for kind, user in zip(kinds, USERS, strict=True):
        children.append(start(folder, *words(kind, path, user.__name__), before=user))
        time.sleep(chance.random() * chance.choice((0.02, 0.4)))
    outcomes = [end(folder, child) for child in children]
    for status, said in outcomes:
        assert status in (0, 1, 2) and "思いがけない" not in said, said
    after = content(path)
    assert after["members"] == before["members"]
    made = after["history"][len(before["history"]) :]
    assert after["history"][: len(before["history"])] == before["history"]
    assert len(set(made)) == len(made), "a row twice"
    won = [k for k, (status, _) in zip(kinds, outcomes, strict=True) if status < 2]
    assert bool(made) == ("letters" in won), (kinds, outcomes)
    assert len(made) in (0, rows), "rows lost"
    assert bool(after["findings"]) >= ("check" in won)
    assert bool(after["decisions"]) >= ("decide" in won)
    _clean(path, folder, owner)
    return "+".join(str(status // 2) for status, _ in outcomes)


def kill(folder: Path, chance: random.Random, rows: int, seconds: float) -> str:
    """One kill, and the other user's run afterwards; what the kill hit."""
    path = team(folder / "team")
    owner = identity(path)
    kind = chance.choice(("letters", "check", "decide"))
    before = content(path)
    first, second = chance.sample(USERS, 2)
    child = start(folder, *words(kind, path, "shared"), before=first)
    time.sleep(chance.uniform(0.02, 0.8) * seconds)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    status, said = end(folder, child)
    assert status in (-signal.SIGKILL, 0, 1), said
    saving.recover(path)
    between = content(path)
    written = between != before
    assert not written or len(between["history"]) - len(before["history"]) in (0, rows)
    # Letters go where the second user may write; what was recorded is not made again.
    status, said = faultkit.run(folder, *words(kind, path, second.__name__), before=second)
    assert status in (0, 1), said
    after = content(path)
    made = after["history"][len(before["history"]) :]
    assert len(made) == len(set(made)) == (rows if kind == "letters" else 0), (len(made), said)
    assert after["members"] == before["members"]
    _clean(path, folder, owner)
    return "before" if not written else "after"


def _clean(path: Path, folder: Path, owner: tuple[int, int, int]) -> None:
    """Any further command of each user removes what kills have left; then all is as it should be."""
    for user in USERS:
        faultkit.run(folder, "tidy", path, *DAY, before=user)
    assert identity(path) == owner
    left = [p.name for p in path.parent.iterdir() if p.name.startswith(".shikaku-")]
    assert not left, left


def contest(place: Path, kills: int, races: int, seed: int = 13) -> dict[str, Counter]:
    """Run them; how they went. Raises AssertionError at the first loss."""
    for folder in (place, *place.parents):  # the users must get there
        if folder != Path(tempfile.gettempdir()) and folder.is_relative_to(tempfile.gettempdir()):
            folder.chmod(0o755)
    chance = random.Random(seed)
    found = {"kills": Counter(), "races": Counter()}
    warm = place / "warm"
    path = team(warm / "team")
    status, said = faultkit.run(warm, *words("letters", path, "warm"), before=alice)
    assert status in (0, 1), said
    rows = len(content(path)["history"])
    begun = time.monotonic()
    faultkit.run(warm, *words("check", path, "warm"), before=alice)
    seconds = time.monotonic() - begun
    assert rows
    for name, count in (("kills", kills), ("races", races)):
        for number in range(count):
            folder = place / f"{name}{number}"
            folder.mkdir()
            if name == "kills":
                found[name][kill(folder, chance, rows, seconds)] += 1
            else:
                found[name][race(folder, chance, rows)] += 1
            shutil.rmtree(folder)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--races", type=int, default=100)
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(contest(Path(place), options.kills, options.races, options.seed))


if __name__ == "__main__":
    main()
