"""How many cases show each rule of the guide: the table of tests/README.md.

A case counts for a rule that it names in ``rules``, and for the rule's other side when it names it
in ``not_rules``; what else watches over a rule (finding codes, words of letters) is in rules.toml.
"""

from collections import Counter
from collections.abc import Iterator

import case_files
from case_files import load


def cases() -> Iterator[tuple[str, set[str], set[str]]]:
    """("room/file: name", rules cited, rules not cited) of every case."""
    for place in case_files.places():
        for case in case_files.cases(place):
            gives = case.get("gives")
            entries = gives if isinstance(gives, list) else []
            parts = [case, *(entry for entry in entries if isinstance(entry, dict))]
            cited = {rule for part in parts for rule in part.get("rules", ())}
            spared = {rule for part in parts for rule in part.get("not_rules", ())}
            yield f"{place}: {case['name']}", cited, spared


def counts() -> dict[str, tuple[int, int]]:
    """Rule → (cases that cite it, cases on its other side), for every rule of rules.toml.

    On the other side are the cases that say so, and those that rules.toml names: cases that list
    all that they cite need not say what they don't.
    """
    rules = load("rules")
    cited = Counter()
    others = {rule: set(entry.get("not_shown", ())) for rule, entry in rules.items()}
    for name, found, spared in cases():
        cited.update(found)
        for rule in spared:
            others[rule].add(name)
    return {rule: (cited[rule], len(others[rule])) for rule in rules}


def markdown() -> str:
    """The table for tests/README.md."""
    lines = [
        "| Rule | What it says | Cases | Other side | Also watched by |",
        "|---|---|--:|--:|---|",
    ]
    rules = load("rules")
    for rule, (cited, spared) in counts().items():
        entry = rules[rule]
        also = list(entry.get("codes", ()))
        if "text" in entry or "absent" in entry:
            also.append("words")
        what = entry["what"].replace("|", "\\|")
        lines.append(f"| {rule} | {what} | {cited or ''} | {spared or ''} | {' '.join(also)} |")
    return "\n".join(lines) + "\n"
