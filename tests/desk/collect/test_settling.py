"""What the clerk settles: 差異 and 採用, her own corrections, the sheet 事業所, another insurer's book."""

import datetime as dt
import json

import openpyxl
import pytest
from desk_books import (
    DAY,
    book,
    clean,
    content,
    number,
    numbers_in,
    put,
    read,
    receipts,
    rendered,
    sheet_values,
)
from shikaku import cli
from shikaku.jobs import collect, enroll
from shikaku.jobs.case import Case
from shikaku.letters.contexts import due
from shikaku.returns.ledger import update
from shikaku.workbook.closed_file import ClosedBook

NEXT = DAY + dt.timedelta(1)


def rows_of(path, sheet):
    """A sheet by openpyxl: (Excel row, label → value)."""
    head, *rows = sheet_values(path, sheet) or [()]
    found = [(n, dict(zip(head, row, strict=True))) for n, row in enumerate(rows, 2)]
    return [(n, row) for n, row in found if any(v is not None for v in row.values())]


def judge(path, word, *items):
    """What a clerk writes into 判断, of the lines about these items (none: of all)."""
    target = openpyxl.load_workbook(path)
    sheet = target["差異"]
    head = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        item = row[head.index("項目")].value
        if item and (not items or item in items):
            row[head.index("判断")].value = word
    target.save(path)


def edit(path, *cells):
    session = ClosedBook(path)
    session.read()
    session.set_cells(cells)
    session.commit(keep_old=False)


def test_silence_is_no_withdrawal(inbox, out):
    """A correction of one row leaves the employer's other rows, also those of other sheets."""
    people = clean(4)
    put(inbox / "a.xlsx", book(acquisition=people[:3], loss=people[3:], members=clean(2, seed=9)))
    assert collect.collect(inbox, out, as_of=DAY).exit_status == 0
    fixed = people[0] | {"address": "東京都青葉区架空町9-9"}
    put(inbox / "b.xlsx", book(acquisition=[fixed]), NEXT)
    result = collect.collect(inbox, out, as_of=NEXT)
    assert result.rows == {"members": 2, "acquisition": 3, "dependants": 0, "loss": 1}
    assert result.unsettled == 2 and result.exit_status == 1
    listed = rows_of(out, "差異")
    assert [(row["シート"], row["氏名"], row["判断"]) for _, row in listed] == [
        ("資格取得届", people[1]["name"], None),
        ("資格取得届", people[2]["name"], None),
    ]
    again = collect.collect(inbox, out, as_of=NEXT)
    assert again.unsettled == 2 and again.exit_status == 1 and len(rows_of(out, "差異")) == 2


def test_withdrawn_and_kept(inbox, out):
    people = clean(3)
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "b.xlsx", book(acquisition=[people[0] | {"address": "東京都架空区2"}]), NEXT)
    collect.collect(inbox, out, as_of=NEXT)
    target = openpyxl.load_workbook(out)
    sheet = target["差異"]
    sheet["J2"], sheet["J3"] = "採用", "却下"
    target.save(out)
    waiting = collect.collect(inbox, out, as_of=NEXT)
    assert waiting.unsettled == 1 and waiting.rows["acquisition"] == 3  # 採用 wants --accept
    done = collect.collect(inbox, out, as_of=NEXT, accept=True)
    assert done.unsettled == 0 and done.exit_status == 0 and done.rows["acquisition"] == 2
    assert [r.text("name") for r in read(out).rows("acquisition")] == [
        people[0]["name"],
        people[2]["name"],
    ]
    # Neither comes back with the next correction: she has settled both.
    put(
        inbox / "c.xlsx",
        book(acquisition=[people[0] | {"address": "東京都架空区3"}, people[1]]),
        NEXT,
        15,
    )
    last = collect.collect(inbox, out, as_of=NEXT)
    assert last.rows["acquisition"] == 2 and last.unsettled == 0
    assert "外した" in receipts(out)["c.xlsx"]["説明"]


@pytest.mark.parametrize("taken_in", [False, True])
def test_a_filing_withdrawn_after_it_reached_the_register_is_told(inbox, out, taken_in):
    """Nothing in 加入者台帳 goes by itself, nor a certificate that is out."""
    people = [row | {"number": str(n), "kind": ""} for n, row in enumerate(clean(2), 1)]
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    if taken_in:
        enroll.enroll(ClosedBook(out), DAY, write=True)
    put(inbox / "b.xlsx", book(acquisition=[people[0] | {"address": "東京都架空区2"}]), NEXT)
    collect.collect(inbox, out, as_of=NEXT)
    judge(out, "採用")
    result = collect.collect(inbox, out, as_of=NEXT, accept=True)
    told = [note for note in result.notes if people[1]["name"] in note]
    assert len(told) == taken_in and len(result.notes) == 1 + taken_in
    assert len(list(read(out).rows("members"))) == 2 * taken_in


def test_the_clerks_corrections_survive(inbox, out):
    people = clean(2)
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    edit(
        out,
        ("acquisition", 2, "address", "東京都架空区1-1-1"),
        ("acquisition", 2, "department", "経理部"),
        ("acquisition", 2, "number", "777"),
    )
    sent = [people[0] | {"kana": "ナオシタ カナ", "department": "営業部"}, people[1]]
    put(inbox / "b.xlsx", book(acquisition=sent), NEXT)
    result = collect.collect(inbox, out, as_of=NEXT)
    row = next(r for r in read(out).rows("acquisition") if r.number == 2)
    assert row.text("address") == "東京都架空区1-1-1" and row.text("kana") == "ナオシタ カナ"
    assert row.text("department") == "経理部" and row.text("number") == "777"
    ((_, line),) = rows_of(out, "差異")
    assert (line["項目"], line["今の値"], line["届いた値"]) == ("所属", "経理部", "営業部")
    assert result.exit_status == 1
    judge(out, "採用", "所属")
    settled = collect.collect(inbox, out, as_of=NEXT, accept=True)
    row = next(r for r in read(out).rows("acquisition") if r.number == 2)
    assert row.text("department") == "営業部" and settled.exit_status == 0
    assert rows_of(out, "差異") == []


def test_what_became_of_the_lines_marked_is_said(inbox, out):
    """Taken over, not to be had (a number whose file has gone), and none marked at all."""
    people = clean(2)
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    edit(
        out,
        ("acquisition", 2, "department", "経理部"),
        ("acquisition", 2, "individual_number", number(90)),
    )
    sent = people[0] | {"department": "営業部", "individual_number": number(91)}
    file = put(inbox / "b.xlsx", book(acquisition=[sent, people[1]]), NEXT)
    without = len(collect.collect(inbox, out, as_of=NEXT).notes)
    none = collect.collect(inbox, out, as_of=NEXT, accept=True)
    assert len(none.notes) == without + 1 and none.unsettled == 2
    judge(out, "採用")
    file.unlink()
    some = collect.collect(inbox, out, as_of=NEXT, accept=True)
    assert len(some.notes) == without + 2 and some.unsettled == 1 and some.exit_status == 1
    assert [line["項目"] for _, line in rows_of(out, "差異")] == ["個人番号"]


@pytest.mark.parametrize("how", ["deleted", "emptied"])
def test_a_row_that_she_took_out_stays_out(how, inbox, out):
    people = clean(2)
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    target = openpyxl.load_workbook(out)
    sheet = target["資格取得届"]
    head = [cell.value for cell in sheet[1]]
    for cell in sheet[3]:
        if how == "deleted" or head[cell.column - 1] not in (
            "受付番号",
            "受付日",
            "元ファイル",
            "元シート",
            "元の行",
        ):
            cell.value = None
    target.save(out)
    sent = [row | {"address": "東京都架空区8-8"} for row in people]
    put(inbox / "b.xlsx", book(acquisition=sent), NEXT)
    collect.collect(inbox, out, as_of=NEXT)
    names = [r.text("name") for r in read(out).rows("acquisition") if r.text("name")]
    assert names == [people[0]["name"]]
    assert "外した" in receipts(out)["b.xlsx"]["説明"]


def test_another_number_is_asked_for_and_never_listed(inbox, out, capsys):
    people = clean(1)
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "b.xlsx", book(acquisition=[people[0] | {"individual_number": number(999)}]), NEXT)
    result = collect.collect(inbox, out, as_of=NEXT)
    ((_, line),) = rows_of(out, "差異")
    assert line["項目"] == "個人番号" and not numbers_in(json.dumps(line, default=str))
    assert not numbers_in("\n".join(result.lines()))
    assert not any(numbers_in(str(row)) for _, row in rows_of(out, "取込控え"))
    judge(out, "採用")
    collect.collect(inbox, out, as_of=NEXT, accept=True)
    (row,) = read(out).rows("acquisition")
    assert row.text("individual_number") == number(999) and rows_of(out, "差異") == []


def test_an_accepted_number_keeps_the_zeros_that_its_format_shows(inbox, out):
    people = clean(1)
    put(inbox / "a.xlsx", book(acquisition=people))
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "b.xlsx", book(acquisition=people), NEXT)
    target = openpyxl.load_workbook(inbox / "b.xlsx")
    sheet = target["資格取得届"]
    column = next(cell.column for cell in sheet[1] if cell.value == "個人番号")
    sheet.cell(2, column).value, sheet.cell(2, column).number_format = 27, "0000-0000-0000"
    target.save(inbox / "b.xlsx")
    collect.collect(inbox, out, as_of=NEXT)
    judge(out, "採用")
    collect.collect(inbox, out, as_of=NEXT, accept=True)
    (row,) = read(out).rows("acquisition")
    assert row.text("individual_number") == "0000-0000-0027"


def test_the_desks_sheets_are_as_wide_as_a_page(inbox, out):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    collect.collect(inbox, out, as_of=DAY)
    target = openpyxl.load_workbook(out)
    for name in ("受付一覧", "事業所"):
        page = target[name].page_setup
        assert target[name].sheet_properties.pageSetUpPr.fitToPage and page.fitToHeight == 0
        assert (page.orientation, int(page.paperSize)) == ("landscape", 9)


def test_employers_get_a_master(inbox, out):
    """A name typed wrong makes no other employer, and sends nobody's people to one."""
    first = content("株式会社みほん", "1201", acquisition=clean(1))
    first.settings["employer_address"] = "100-0001 東京都千代田区見本1-1"
    put(inbox / "a.xlsx", rendered(first, prepared=3))
    put(inbox / "b.xlsx", book("株式会社べつ", "1202", acquisition=clean(1, seed=2)))
    collect.collect(inbox, out, as_of=DAY)
    listed = {row["記号"]: row for _, row in rows_of(out, "事業所")}
    assert listed["1201"]["事業所名称"] == "株式会社みほん"
    assert listed["1201"]["所在地"] == "100-0001 東京都千代田区見本1-1"
    put(inbox / "c.xlsx", book("株式会社べつ", "1201", acquisition=clean(1, seed=3)), NEXT)
    put(inbox / "d.xlsx", book("㈱ みほん", "1201", acquisition=clean(1, seed=4)), NEXT, 15)
    collect.collect(inbox, out, as_of=NEXT)
    names = [r.text("employer") for r in read(out).rows("acquisition")]
    assert names == ["株式会社みほん", "株式会社べつ", "株式会社みほん", "株式会社みほん"]
    told = receipts(out)
    assert "株式会社みほん" in told["c.xlsx"]["説明"] and "事業所" not in (
        told["d.xlsx"]["説明"] or ""
    )
    assert len(rows_of(out, "事業所")) == 2


def test_other_rules_and_days_are_named(inbox, out):
    theirs = content("株式会社みほん", "1201", acquisition=clean(1))
    theirs.settings["filing_days"] = 10
    put(inbox / "a.xlsx", rendered(theirs, prepared=3))
    other = put(inbox / "b.xlsx", book("株式会社べつ", "1202", acquisition=clean(1, seed=2)))
    target = openpyxl.load_workbook(other)
    sheet = target["休日"]
    last = max(cell.row for cell in sheet["A"] if cell.value)
    sheet.cell(last + 1, 1, dt.datetime(2026, 6, 1)), sheet.cell(last + 1, 2, "創立記念日")
    target.save(other)
    collect.collect(inbox, out, as_of=DAY)
    told = receipts(out)
    assert "届出期限日数" in told["a.xlsx"]["説明"] and "2026-06-01" in told["b.xlsx"]["説明"]


def test_a_book_for_another_insurer(inbox, out):
    for name, insurer in (("a", "06130009"), ("b", "06130009"), ("c", "06139999")):
        made = content(f"{name}社", name, acquisition=clean(1, seed=ord(name)))
        made.settings["insurer_number"] = insurer
        made.settings["insurer_name"] = f"保険者{insurer}"
        put(inbox / f"{name}.xlsx", rendered(made, prepared=3))
    result = collect.collect(inbox, out, as_of=DAY)
    assert {r.file: r.state for r in result.receipts}["c.xlsx"] == "skipped"
    assert read(out).settings["insurer_number"].text == "06130009"
    assert [r.text("employer") for r in read(out).rows("acquisition")] == ["a社", "b社"]
    assert receipts(out)["c.xlsx"]["状態"] == "対象外"
    assert read(out).settings["insurer_name"].text == "保険者06130009"
    assert [r.text("name") for r in read(out).rows("employers")] == ["a社", "b社"]


def test_every_file_of_the_folder_is_listed_once(inbox, out):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    for name in ("b.xls", "c.ods", "d.zip", "e.pdf"):
        put(inbox / name, b"no workbook")
    collect.collect(inbox, out, as_of=DAY)
    collect.collect(inbox, out, as_of=DAY)
    listed = [row["ファイル"] for _, row in rows_of(out, "受付一覧")]
    assert sorted(listed) == ["a.xlsx", "b.xls", "c.ods", "d.zip", "e.pdf"]


def test_the_command(inbox, out, capsys):
    people = clean(2)
    put(inbox / "a.xlsx", book(acquisition=people))
    words = ["collect", str(inbox), "--out", str(out), "--as-of", "2026-04-16", "--json"]
    assert cli.main(words) == 0
    put(inbox / "b.xlsx", book(acquisition=[people[0] | {"address": "東京都架空区2"}]), NEXT)
    assert cli.main(words) == 1
    capsys.readouterr()
    judge(out, "却下")
    assert cli.main([*words, "--accept"]) == 0
    assert json.loads(capsys.readouterr().out)["unsettled"] == 0


def test_letters_to_an_employer_carry_its_address(inbox, out, tmp_path):
    """The address that a file gave, or the clerk's own 送付先, is on the letter."""
    made = content("株式会社みほん", "1201", acquisition=[clean(1)[0] | {"individual_number": ""}])
    made.settings["employer_address"] = "100-0001 東京都千代田区見本1-1"
    put(inbox / "a.xlsx", rendered(made, prepared=3))
    collect.collect(inbox, out, as_of=DAY)
    case = Case.load(ClosedBook(out), DAY)
    plan = update(case.book, case.settings, case.as_of, case.closed)
    source = due.LetterSource(
        case.book, case.settings, case.as_of, case.closed, case.decisions, case.findings, plan, ()
    )
    (letter,) = due.letters_for("mynumber-request", source, "employer")
    assert letter.context["to_postal"] == "〒100-0001"
    assert letter.context["to_address1"].startswith("東京都千代田区見本")
