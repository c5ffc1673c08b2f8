"""Installs shikaku without the packages that PyPI hasn't got any more.

    python addin/setup_without.py

The young packages of one person each are tried one by one after the rest: without the fonts, rare
characters are printed by those of the machine, and without rdocx, Word or LibreOffice makes the PDFs.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
YOUNG = frozenset(("rdocx", "noto-cjk-sans-jp-regular", "noto-cjk-sans-jp-bold", "manimgx-fonts"))


def wanted(project: dict) -> tuple[list[str], list[str]]:
    """The requirements that must be there, and the young ones."""
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["app"], *extras["fonts"]]
    young = [line for line in lines if re.split(r"[<>=;\s]", line, maxsplit=1)[0] in YOUNG]
    return [line for line in lines if line not in young], young


def install(*words: str) -> bool:
    """Whether pip could."""
    line = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *words,
    ]
    return subprocess.run(line, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """The exit status: 0 when shikaku is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed, young = wanted(project)
    if not install(*needed) or not install("--no-deps", "."):
        return 1
    for line in young:
        if not install(line):
            name = re.split(r"[<>=;\s]", line, maxsplit=1)[0]
            print(f"部品「{name}」を入れられませんでした。それなしで使えるようにします。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
