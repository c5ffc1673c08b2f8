"""The locks pin what pyproject.toml asks for, and the list of licences has what they install."""

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUNTIME, TESTS = "addin/requirements.lock", "addin/requirements-test.lock"
ANEW = "make the locks anew: see addin/README.md"


SYSTEMS = {
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "Linux on Arm": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64"},
    "Windows on Arm": {"sys_platform": "win32", "platform_machine": "ARM64"},
    "Mac": {"sys_platform": "darwin", "platform_machine": "arm64"},
    "Mac with Intel": {"sys_platform": "darwin", "platform_machine": "x86_64"},
}
WHEELS = {
    "Linux": r"manylinux.*x86_64",
    "Linux on Arm": r"manylinux.*aarch64",
    "Windows": r"win_amd64",
    "Windows on Arm": r"win_arm64",
    # macOS 14 is the oldest that Apple still mends; what an older one can run, it can, too.
    "Mac": r"macosx_(?:10|11|12|13|14)_\d+_(?:arm64|universal2)",
    "Mac with Intel": r"macosx_(?:10|11|12|13|14)_\d+_(?:x86_64|universal2)",
}


def lines(lock: str) -> list[Requirement]:
    """The pinned requirements of an export of uv.lock, each with its marker."""
    text = (ROOT / lock).read_text("utf-8")
    found = re.findall(r"^([a-z0-9][^\\\n]*)", text, re.M)
    return [Requirement(line.strip()) for line in found]


def pins(lock: str, system: str | None = None) -> dict[str, str]:
    """Name → version of an export of uv.lock; of one system, or of any."""
    return {
        one.name: str(one.specifier).removeprefix("==")
        for one in lines(lock)
        if system is None or one.marker is None or one.marker.evaluate(SYSTEMS[system])
    }


def asked(*extras: str) -> list[Requirement]:
    """What pyproject.toml names."""
    optional = PROJECT["optional-dependencies"]
    lines = PROJECT["dependencies"] + [line for extra in extras for line in optional[extra]]
    return [Requirement(line) for line in lines]


def licences() -> list[list[str]]:
    """The rows of LICENSES.md: name, direct, licence, purpose, link."""
    text = (ROOT / "addin/LICENSES.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return [row for row in rows if len(row) == 5 and row[4].startswith("https://")]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("lock", "wanted"), [(RUNTIME, asked()), (TESTS, asked("test"))], ids=["runtime", "tests"]
)
def test_each_dependency_is_pinned_within_its_range(lock, wanted, system):
    pinned = pins(lock, system)
    for requirement in wanted:
        if requirement.marker and not requirement.marker.evaluate(SYSTEMS[system]):
            continue
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name}: {ANEW}"
        assert requirement.specifier.contains(version, prereleases=True), (requirement, ANEW)


def test_exports_say_what_uv_lock_says():
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    versions = {(p["name"], p["version"]) for p in locked if p["name"] != PROJECT["name"]}
    exported = {
        lock: {(one.name, str(one.specifier).removeprefix("==")) for one in lines(lock)}
        for lock in (RUNTIME, TESTS)
    }
    assert exported[TESTS] == versions, ANEW
    assert exported[RUNTIME] <= exported[TESTS], ANEW


@pytest.mark.parametrize("system", SYSTEMS)
def test_everything_installs_from_wheels(system):
    """On no system does a user need a compiler: macOS 14, Macs with Intel and Arm included."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    wheels = {
        (p["name"], p["version"]): [w["url"].rsplit("/", 1)[1] for w in p.get("wheels", ())]
        for p in locked
        if p["name"] != PROJECT["name"]
    }
    fits = re.compile(rf"(?:-none-any|{WHEELS[system]})\.whl$|{WHEELS[system]}")
    pinned = pins(RUNTIME, system).items()
    lacking = [f"{n} {v}" for n, v in pinned if not any(map(fits.search, wheels[n, v]))]
    assert lacking == []


@pytest.mark.parametrize("lock", [RUNTIME, TESTS])
def test_every_pin_has_a_hash(lock):
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert len(entries) == len(lines(lock)) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_list_of_licences_has_what_is_installed():
    rows = licences()
    assert [row[0] for row in rows] == sorted(pins(RUNTIME))
    direct = {canonicalize_name(requirement.name) for requirement in asked("fonts")}
    assert {row[0] for row in rows if row[1] == "○"} == direct
    assert all(row[2] and row[3] for row in rows)


def test_the_list_says_the_licence_that_the_package_says():
    compared = 0
    for name, _, licence, *_ in licences():
        try:
            said = metadata.metadata(name).get("License-Expression")
        except metadata.PackageNotFoundError:  # only on Windows or Mac
            continue
        if said:
            compared += 1
            assert licence == said, name
    assert compared


def test_lint_before_a_commit_is_the_locks_lint():
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    (rev,) = re.findall(r"ruff-pre-commit\s+rev: v(\S+)", text)
    assert rev == pins(TESTS)["ruff"]
