"""Which Excel the workbook's formulas need: the first version that knows each function."""

import html
import re
import zipfile

import paths
import pytest

# Function → the first Excel for Windows that knows it (Microsoft's list "Excel functions
# (alphabetical)": a version mark stands beside every one that came after Excel 2007).
FIRST_VERSION = {
    **dict.fromkeys(
        [
            "AND",
            "COLUMNS",
            "COUNT",
            "COUNTA",
            "COUNTIF",
            "DATEVALUE",
            "EXACT",
            "FIND",
            "IF",
            "INDEX",
            "INT",
            "ISBLANK",
            "ISERROR",
            "ISLOGICAL",
            "ISNA",
            "ISNUMBER",
            "ISTEXT",
            "LEFT",
            "LEN",
            "LOOKUP",
            "MATCH",
            "MAX",
            "MID",
            "MIN",
            "MOD",
            "N",
            "NA",
            "NOT",
            "OR",
            "REPT",
            "RIGHT",
            "ROW",
            "ROWS",
            "SUBSTITUTE",
            "SUM",
            "SUMPRODUCT",
            "TEXT",
            "TODAY",
            "TRIM",
            "UPPER",
            "DATE",
            "DAY",
            "MONTH",
            "YEAR",
            "VALUE",
            "CHAR",
            "ISTEXT",
            "CODE",
            "HYPERLINK",
        ],
        2003,
    ),
    "COUNTIFS": 2007,
    "IFERROR": 2007,
    "WORKDAY.INTL": 2010,
    "ISFORMULA": 2013,
}
CLAIMED = 2013
_FORMULA = re.compile(
    r"<(?:f|formula|formula1|formula2|definedName|calculatedColumnFormula|xm:f)\b[^>]*>([^<]*)<"
)


def functions(path) -> set[str]:
    """Every function in the workbook's cells, names, validations and conditional formats."""
    found = set()
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith(".xml"):
                for formula in _FORMULA.findall(package.read(name).decode()):
                    code = re.sub(r'"[^"]*"|\'[^\']*\'', "", html.unescape(formula))
                    found |= set(re.findall(r"([A-Za-z_][\w.]*)\(", code))
    return found


def test_every_function_is_known_to_the_oldest_excel_that_we_claim():
    found = functions(paths.ROOT / "workbooks" / "submission.xlsx")
    plain = {name.removeprefix("_xlfn.") for name in found}
    assert plain <= set(FIRST_VERSION)
    assert max(FIRST_VERSION[name] for name in plain) == CLAIMED
    # A file names a function that came after Excel 2010 with a prefix, and only such a one.
    assert {n.removeprefix("_xlfn.") for n in found if n.startswith("_xlfn.")} == {
        name for name in plain if FIRST_VERSION[name] > 2010
    }


@pytest.mark.parametrize("page", ["macros/README.md", "addin/ribbon.xml"])
def test_the_pages_claim_that_excel(page):
    text = (paths.ROOT / page).read_text("utf-8")
    assert str(CLAIMED) in text and "2010以降" not in text
