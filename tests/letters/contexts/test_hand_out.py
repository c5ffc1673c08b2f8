"""``--per employer``: department by department, family by family, the insured first."""

import letter_cases as data
from shikaku.letters.contexts import due

MEMBERS = [
    # (番号, 枝番, 所属), in the order of the rows; what is expected is written beside it
    ("9", "00", ""),  # no department: last
    ("3", "02", "製造部"),
    ("3", "00", "製造部"),
    ("3", "01", ""),
    ("2", "00", "製造部"),
    ("4", "00", "営業部"),
]
EXPECTED = ["4-00", "3-00", "3-01", "3-02", "2-00", "9-00"]


def found(per):
    rows = [
        {
            "number": number,
            "branch": branch,
            "department": department,
            "name": f"見本 {number}{branch}",
            "kind": "insured" if branch == "00" else "dependant",
            "acquired": data.CASES["base"]["acquisition"]["acquired"],
            "myna_status": "no_card",
        }
        for number, branch, department in MEMBERS
    ]
    source = data.source(
        {"as_of": data.CASES["case"][0]["as_of"], "rows": {"members": rows}, "settings": {}}
    )
    return due.due(("certificate-cover", "certificate", "distribution"), source, per).ready


def people(letters, kind):
    return [
        p.record.removeprefix("101-")
        for letter in letters
        if letter.kind == kind
        for p in letter.people
    ]


def test_cover_card_and_list_have_one_order():
    letters = found("employer")
    for kind in ("certificate-cover", "certificate", "distribution"):
        assert people(letters, kind) == EXPECTED
    assert list(dict.fromkeys(letter.kind for letter in letters)) == [
        "certificate-cover", "certificate", "distribution",
    ]  # fmt: skip


def test_letters_of_their_own_keep_the_order_of_the_rows():
    assert people(found(None), "certificate") == [f"{n}-{b}" for n, b, _ in MEMBERS]
