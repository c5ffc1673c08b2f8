"""Where the tests find the repository's files: the one place that knows how deep they lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
KITS = TESTS / "kits"
CASES = TESTS / "cases"
PICTURES = TESTS / "pictures"
PRODUCT = ROOT / "addin"
PACKAGE = PRODUCT / "shikaku"
TEMPLATES = ROOT / "templates"
WORKBOOKS = ROOT / "workbooks"
