"""Every rule of the guide has its place in the code and its cases: ``tests/cases/rules.toml``."""

import ast
import re

import case_counts
import pytest
from case_files import load
from paths import ROOT
from shikaku.checks.catalogue import catalogue

RULES = load("rules")
CASES = {n: (cited, spared) for n, cited, spared in case_counts.cases() if cited or spared}
CODES = {check.code for check in catalogue()}
DECISIONS = sorted((ROOT / "addin/shikaku/decisions").glob("*.py"))


def cited_by_decisions() -> set[str]:
    """The rules that stand as text in the code of the decisions, docstrings aside."""
    return {
        node.value
        for path in DECISIONS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[RC]\d+", node.value)
    }


def test_every_rule_is_in_the_file():
    rules = [f"R{n}" for n in range(1, 47)] + [f"C{n}" for n in range(1, 20)]
    assert list(RULES) == rules


def test_names_of_cases_with_rules_differ():
    names = [name for name, cited, spared in case_counts.cases() if cited or spared]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", sorted(cited_by_decisions()))
def test_what_a_decision_cites_has_cases_on_both_sides(rule):
    assert RULES[rule]["shown"] and RULES[rule]["not_shown"]


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule):
    entry = RULES[rule]
    assert set(entry) <= {"what", "lives", "shown", "not_shown", "codes", "text", "absent"}
    assert set(entry) & {"shown", "codes", "text", "absent"}
    for place in entry.get("lives", ()):
        assert re.search(rf"\b{rule}\b", (ROOT / place).read_text("utf-8")), place
    for name in entry.get("shown", ()):
        assert rule in CASES[name][0], name
    for name in entry.get("not_shown", ()):
        cited, spared = CASES[name]
        # Either the case says so, or it lists all that it cites (as those of the returns do).
        assert rule in spared or (not spared and rule not in cited), name
    assert set(entry.get("codes", ())) <= CODES
    for place, words in entry.get("text", {}).items():
        assert words in (ROOT / place).read_text("utf-8"), place
    for words in entry.get("absent", ()):
        for path in (ROOT / "addin/shikaku/letters").rglob("*.py"):
            assert words not in path.read_text("utf-8"), path.name


def test_cases_name_no_rule_that_does_not_exist():
    named = set().union(*(cited | spared for cited, spared in CASES.values()))
    assert {rule for rule in named if rule[0] in "RC"} <= set(RULES)  # the others are articles


def test_table_has_a_line_for_every_rule():
    lines = case_counts.markdown().splitlines()[2:]
    assert [line.split("|")[1].strip() for line in lines] == list(RULES)
    assert all(line.count(" | ") == 4 for line in lines)
