"""The generated parts of README.md: commands, finding codes, letters, pictures, cases.

    python tests/write_readme.py          write them
    python tests/write_readme.py --check  exit 1 when README.md differs

Each part stands between ``<!-- begin:NAME -->`` and ``<!-- end:NAME -->``.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def commands() -> str:
    """A row a command with its options, from the parser itself."""
    from shikaku.cli import parser

    rows = ["| コマンド | すること |", "|---|---|"]
    top = parser()
    subs = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    for name, sub in subs.choices.items():
        inner = next((a for a in sub._actions if isinstance(a, argparse._SubParsersAction)), None)
        if inner is None:
            rows.append(f"| `shikaku {_usage(name, sub)}` | {sub.description} |")
        else:
            for action, leaf in inner.choices.items():
                rows.append(
                    f"| `shikaku {_usage(f'{name} {action}', leaf)}` | {leaf.description} |"
                )
    return "\n".join(rows)


def _usage(name: str, sub: argparse.ArgumentParser) -> str:
    words = [name]
    for action in sub._actions:
        # What every command takes is said once, above the table.
        if {"--help", "--as-of", "--json"} & set(action.option_strings):
            continue
        if not action.option_strings:
            words.append(f"[{action.metavar}]" if action.nargs == "?" else str(action.metavar))
            continue
        word = action.option_strings[0]
        if action.nargs != 0:
            word += f" {action.metavar or '{' + ','.join(action.choices) + '}'}"
        words.append(word if action.required else f"[{word}]")
    return " ".join(words).replace("|", "\\|")


def checks() -> str:
    """The catalogue of findings."""
    from shikaku.checks.catalogue import table_markdown

    return table_markdown()


def gallery() -> str:
    """A picture of every kind of letter."""
    from shikaku.letters.catalogue import KINDS

    cells = []
    for kind in KINDS.values():
        picture = f"tests/pictures/letters/{kind.kind}.png"
        if not (ROOT / picture).exists():
            raise FileNotFoundError(picture)
        cells.append(
            f'<td align="center"><a href="{picture}"><img src="{picture}" width="190" '
            f'alt="{kind.title}"></a><br>{kind.title}<br><code>{kind.kind}</code></td>'
        )
    rows = [cells[i : i + 4] for i in range(0, len(cells), 4)]
    return "<table>\n" + "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "\n</table>"


def sheets() -> str:
    """Pictures of the workbook's sheets, printed by LibreOffice."""
    from shikaku.model.schema import schema

    cells = []
    for key, sheet in schema().sheets.items():
        picture = f"tests/pictures/{key}.png"
        if not (ROOT / picture).exists():
            raise FileNotFoundError(picture)
        cells.append(
            f'<td align="center"><a href="{picture}"><img src="{picture}" width="260" '
            f'alt="{sheet.name}"></a><br>{sheet.name}</td>'
        )
    rows = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    return "<table>\n" + "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "\n</table>"


def cases() -> str:
    """How many cases each finding code and each rule has, found and not found."""
    import case_counts
    import check_cases

    return (
        "Cases per finding code (must be found / must not be found):\n\n"
        f"{check_cases.counts_markdown()}\n\nCases per rule of the guide and per reading:\n\n"
        f"{case_counts.markdown()}"
    )


PARTS = {
    "commands": commands,
    "checks": checks,
    "gallery": gallery,
    "sheets": sheets,
    "cases": cases,
}


def written(text: str) -> str:
    """The README with its generated parts made anew."""
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- begin:{name} -->\n).*?(<!-- end:{name} -->)", re.S)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"README.md: {name}")
        body = make()
        text = pattern.sub(lambda m, body=body: f"{m[1]}{body}\n{m[2]}", text)
    return text


def main() -> int:
    """Write, or check."""
    old = README.read_text("utf-8")
    new = written(old)
    if "--check" in sys.argv:
        return int(old != new)
    README.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
