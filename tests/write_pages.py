"""The generated parts of the pages: commands, finding codes, letters, pictures, cases.

    python tests/write_pages.py          write them
    python tests/write_pages.py --check  name the pages that differ, exit 1 when there is one

Each part stands between ``<!-- begin:NAME -->`` and ``<!-- end:NAME -->`` in the page that holds it.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "kits"))

from paths import PICTURES, ROOT


def commands() -> str:
    """A row a command with its options, from the parser itself."""
    from shikaku.cli_parser import parser

    rows = ["| コマンド | すること |", "|---|---|"]
    for name, sub in _subcommands(parser()).items():
        for words, leaf in _leaves(name, sub):
            rows.append(f"| `shikaku {_usage(words, leaf)}` | {leaf.description} |")
    return "\n".join(rows)


def _subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    groups = (a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return next(groups, {})


def _leaves(name: str, parser: argparse.ArgumentParser):
    inner = _subcommands(parser)
    if not inner:
        yield name, parser
    for action, leaf in inner.items():
        yield f"{name} {action}", leaf


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


def law() -> str:
    """What the law's newest sources are."""
    from shikaku.law.parameters import sources_markdown

    return sources_markdown()


def kinds() -> str:
    """A row a kind of letter: to whom, how many pages, what its template may not leave out."""
    from shikaku.letters.catalogue import KINDS

    to = {"member": "加入者", "employer": "事業所", "insurer": "保険者"}
    rows = ["| 種類 | 文書 | あて先 | 枚数 | 必ず残す項目 |", "|---|---|---|---|---|"]
    for kind in KINDS.values():
        pages = kind.pages or "人数による"
        needed = "、".join(f"`{f.name}` {f.meaning}" for f in kind.fields if f.required)
        rows.append(f"| `{kind.kind}` | {kind.title} | {to[kind.to]} | {pages} | {needed} |")
    return "\n".join(rows)


def gallery() -> str:
    """A picture of every kind of letter."""
    from shikaku.letters.catalogue import KINDS

    return _pictures(
        (
            (f"letters/{kind.kind}.png", kind.title, f"{kind.title}<br><code>{kind.kind}</code>")
            for kind in KINDS.values()
        ),
        width=190,
        across=4,
    )


def sheets() -> str:
    """Pictures of the workbook's sheets, printed by LibreOffice."""
    from shikaku.model.schema import schema

    return _pictures(
        ((f"{key}.png", sheet.name, sheet.name) for key, sheet in schema().sheets.items()),
        width=260,
        across=3,
    )


def _pictures(items: Iterable[tuple[str, str, str]], *, width: int, across: int) -> str:
    """A table of pictures for a page one folder below the top. items: (file below
    ``tests/pictures``, alternative text, caption). Raises FileNotFoundError for a missing one."""
    cells = []
    for file, alt, caption in items:
        if not (PICTURES / file).exists():
            raise FileNotFoundError(file)
        source = f"../tests/pictures/{file}"
        cells.append(
            f'<td align="center"><a href="{source}"><img src="{source}" width="{width}" '
            f'alt="{alt}"></a><br>{caption}</td>'
        )
    rows = [cells[i : i + across] for i in range(0, len(cells), across)]
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


PARTS: dict[str, tuple[Callable[[], str], ...]] = {
    "addin/COMMANDS.md": (commands,),
    "workbooks/README.md": (sheets, checks, law),
    "templates/README.md": (kinds, gallery),
    "tests/README.md": (cases,),
}
"""Page → its generated parts; the name between the marks is the function's."""


def written(page: str, text: str) -> str:
    """A page's text with its generated parts made anew. Raises ValueError for a missing mark."""
    for make in PARTS[page]:
        begin, end = f"<!-- begin:{make.__name__} -->\n", f"<!-- end:{make.__name__} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"{page}: {make.__name__}")
        part = f"{begin}{make().rstrip()}\n{end}"
        text = pattern.sub(lambda _, part=part: part, text)
    return text


def main() -> int:
    """Write, or check."""
    differs = False
    for page in PARTS:
        path = ROOT / page
        old = path.read_text("utf-8")
        new = written(page, old)
        if new != old:
            differs = True
            print(page)
            if "--check" not in sys.argv:
                path.write_text(new, "utf-8")
    return int(differs and "--check" in sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
