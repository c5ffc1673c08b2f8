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


def pins(lock: str) -> dict[str, str]:
    """Name → version of an export of uv.lock."""
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)", text, re.M))


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


@pytest.mark.parametrize(
    ("lock", "wanted"), [(RUNTIME, asked()), (TESTS, asked("test"))], ids=["runtime", "tests"]
)
def test_each_dependency_is_pinned_within_its_range(lock, wanted):
    pinned = pins(lock)
    for requirement in wanted:
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name}: {ANEW}"
        assert requirement.specifier.contains(version, prereleases=True), (requirement, ANEW)


def test_exports_say_what_uv_lock_says():
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    versions = {p["name"]: p["version"] for p in locked if p["name"] != PROJECT["name"]}
    assert pins(TESTS) == versions, ANEW
    assert pins(RUNTIME).items() <= pins(TESTS).items(), ANEW


@pytest.mark.parametrize("lock", [RUNTIME, TESTS])
def test_every_pin_has_a_hash(lock):
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert len(entries) == len(pins(lock)) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_list_of_licences_has_what_is_installed():
    rows = licences()
    assert [row[0] for row in rows] == sorted(pins(RUNTIME))
    direct = {canonicalize_name(requirement.name) for requirement in asked()}
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
