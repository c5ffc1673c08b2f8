"""The manager's page: open returns by age and step, by department, recovery by month of loss.

One sheet of one A4 page with two charts, in a workbook of its own; no name and no number of
anybody, so it can be passed round.
"""

import datetime as dt
import io
from collections import Counter, defaultdict
from pathlib import Path

from shikaku.fields import era_date
from shikaku.model.settings import Settings
from shikaku.returns.ledger import LedgerPlan, LedgerRow
from shikaku.system.atomic import replacing

AGES = (
    ("期限前", 0),
    ("1〜7日", 7),
    ("8〜14日", 14),
    ("15〜30日", 30),
    ("31〜90日", 90),
    ("91日以上", None),
)
"""Classes of days past the return limit: label, last day of the class."""

STEPS = {
    "none": "未案内",
    "pre_notice": "事前案内済",
    "request": "依頼済",
    "reminder": "督促済",
    "final": "最終通知済",
    "loss": "回収不能届作成済",
    "closed": "返不能の届出済",
}
_COLORS = dict(
    zip(
        STEPS,
        ("#9DB7CC", "#7FA3BF", "#1F5C8B", "#C98A1B", "#A3401F", "#6B6B6B", "#BBBBBB"),
        strict=True,
    )
)
"""A step has its colour from month to month, whichever steps a page has."""
_OPEN = ("waiting", "overdue", "not_returnable")
_FONT = "BIZ UDPGothic"
_COUNT = '#,##0;-#,##0;"–"'  # an empty place is quieter than a row of zeros
_ACCENT, _SOFT, _LINE = "#1F5C8B", "#E8F0F6", "#B8C4CE"


def open_cases(plan: LedgerPlan) -> list[LedgerRow]:
    """The documents that should be back and aren't, those given up included; not what a member has
    lost, which nobody asks back before he leaves."""
    return [i for i in plan.entries if i.state in _OPEN and i.entry.required == "yes"]


def age_class(item: LedgerRow, as_of: dt.date) -> str:
    """The label of the class of days past the limit."""
    late = (as_of - item.entry.due).days if item.entry.due else 0
    if late <= 0:
        return AGES[0][0]
    return next(label for label, last in AGES[1:] if last is None or late <= last)


def places(plan: LedgerPlan) -> tuple[str, list[tuple[str, int, int]]]:
    """(what the places are, [(place, open cases, of these overdue), …], most open first): by
    employer where the sheets name some (an insurer's collected book), else by department."""
    named = any(item.holder.person and item.holder.person.employer for item in plan.entries)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in open_cases(plan):
        employer = item.holder.person.employer if item.holder.person else ""
        place = employer if named else item.entry.department
        count = counts[place or ("(事業所不明)" if named else "(所属なし)")]
        count[0] += 1
        count[1] += item.state == "overdue"
    found = sorted(((p, *n) for p, n in counts.items()), key=lambda place: (-place[1], place[0]))
    return ("事業所" if named else "所属"), found


def recovery(plan: LedgerPlan) -> dict[str, tuple[int, int]]:
    """Month of loss (2026-04) → (documents to return, of these returned), oldest month first.

    Only losses count, no documents of members and none whose return isn't needed.
    """
    months: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in plan.entries:
        entry = item.entry
        if entry.lost is None or entry.required != "yes" or item.state == "not_yet":
            continue
        count = months[f"{entry.lost:%Y-%m}"]
        count[0] += 1
        count[1] += entry.returned is not None
    return {month: tuple(months[month]) for month in sorted(months)}


def build(path: Path, plan: LedgerPlan, settings: Settings, as_of: dt.date) -> None:
    """Write the page as an .xlsx. Raises BookError when the file can't be written."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "資格確認書 回収状況", "created": dt.datetime(2026, 1, 1)})
        book.formats[0].set_font_name(_FONT)
        _page(book, plan, settings, as_of)
    with replacing(Path(path)) as draft:
        draft.write_bytes(out.getvalue())


def _page(book, plan: LedgerPlan, settings: Settings, as_of: dt.date) -> None:
    def style(**more):
        return book.add_format({"font_name": _FONT, "font_size": 10, "valign": "vcenter", **more})

    title = style(font_size=18, bold=True, font_color=_ACCENT)
    head = style(
        bold=True,
        bg_color=_ACCENT,
        font_color="white",
        border=1,
        border_color=_LINE,
        align="center",
    )
    cell = style(border=1, border_color=_LINE)
    narrow = style(border=1, border_color=_LINE, shrink=True)
    number = style(border=1, border_color=_LINE, num_format=_COUNT, align="right")
    total = style(border=1, border_color=_LINE, bold=True, bg_color=_SOFT, num_format=_COUNT)
    rate = style(border=1, border_color=_LINE, num_format="0.0%")
    big = style(
        font_size=22,
        bold=True,
        align="center",
        bg_color=_SOFT,
        font_color=_ACCENT,
        num_format="#,##0",
    )
    percent = style(
        font_size=22,
        bold=True,
        align="center",
        bg_color=_SOFT,
        font_color=_ACCENT,
        num_format="0.0%",
    )
    caption = style(align="center", bg_color=_SOFT, font_color="#44525E")

    sheet = book.add_worksheet("回収状況")
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer("&L&8回収状況&R&8&P / &N")
    sheet.set_column("A:A", 24)
    sheet.set_column("B:H", 12)
    sheet.set_column("I:I", 3)
    sheet.set_column("J:M", 13)
    sheet.set_row(0, 30)
    sheet.write_string("A1", "資格確認書等の回収状況", title)
    sheet.write_string("A2", f"{settings.insurer_name}  {settings.employer_name}".strip(), style())
    sheet.write_string("H2", f"{era_date.format(as_of, weekday=True)} 現在", style(align="right"))

    items = open_cases(plan)
    states = Counter(item.state for item in plan.entries)
    months = recovery(plan)
    due, back = (sum(pair[i] for pair in months.values()) for i in (0, 1))
    figures = (
        ("未返納", len(items), big),
        ("うち期限超過", states["overdue"], big),
        ("うち返不能", states["not_returnable"], big),
        ("回収率", back / due if due else 1, percent),
    )
    sheet.set_row(3, 32)
    for i, (label, value, look) in enumerate(figures):
        column = i * 2
        sheet.merge_range(3, column, 3, column + 1, "", look)
        sheet.write_number(3, column, value, look)
        sheet.merge_range(4, column, 4, column + 1, label, caption)

    # 1. open cases: days past the limit × step
    labels = [label for label, _ in AGES]
    steps = [key for key in STEPS if any(i.stage == key for i in items)] or ["none"]
    row = 6
    sheet.write_string(row, 0, "未返納の件数(期限からの経過 × 段階)", style(bold=True))
    row += 1
    sheet.write_string(row, 0, "段階", head)
    for i, label in enumerate([*labels, "計"]):
        sheet.write_string(row, 1 + i, label, head)
    first = row + 1
    grid = Counter((i.stage, age_class(i, as_of)) for i in items)
    for step in steps:
        row += 1
        sheet.write_string(row, 0, STEPS[step], cell)
        for i, label in enumerate(labels):
            sheet.write_number(row, 1 + i, grid[step, label], number)
        sheet.write_number(row, 7, sum(grid[step, label] for label in labels), total)

    # 2. by employer or department
    row += 2
    unit, shown = places(plan)
    sheet.write_string(row, 0, f"{unit}別(未返納の多い順)", style(bold=True))
    row += 1
    for i, label in enumerate((unit, "未返納", "期限超過")):
        sheet.write_string(row, i, label, head)
    rest = shown[10:]
    if rest:
        others = f"ほか {len(rest)}{unit}"
        shown = [*shown[:10], (others, sum(n for _, n, _ in rest), sum(n for *_, n in rest))]
    for place, count, late in shown:
        row += 1
        sheet.write_string(row, 0, place, narrow)
        sheet.write_number(row, 1, count, number)
        sheet.write_number(row, 2, late, number)

    # 3. recovery by month of loss, beside the first table
    sheet.write_string(6, 9, "喪失月ごとの回収率(直近12か月)", style(bold=True))
    for i, label in enumerate(("喪失月", "返納対象", "返納済", "回収率")):
        sheet.write_string(7, 9 + i, label, head)
    line = 7
    for month, (wanted, got) in list(months.items())[-12:]:
        line += 1
        sheet.write_string(line, 9, month, cell)
        sheet.write_number(line, 10, wanted, number)
        sheet.write_number(line, 11, got, number)
        sheet.write_number(line, 12, got / wanted, rate)

    place = max(row, line) + 2
    ages = book.add_chart({"type": "column", "subtype": "stacked"})
    for i, step in enumerate(steps, first):
        ages.add_series(
            {
                "name": ["回収状況", i, 0],
                "categories": ["回収状況", first - 1, 1, first - 1, len(labels)],
                "values": ["回収状況", i, 1, i, len(labels)],
                "fill": {"color": _COLORS[step]},
                "gap": 60,
            }
        )
    _dress(ages, "未返納の件数と、期限からの経過", "件")
    sheet.insert_chart(place, 0, ages, {"x_scale": 1.5, "y_scale": 1.5})
    if months:
        share = book.add_chart({"type": "line"})
        share.add_series(
            {
                "name": "回収率",
                "categories": ["回収状況", 8, 9, line, 9],
                "values": ["回収状況", 8, 12, line, 12],
                "line": {"color": _ACCENT, "width": 2.5},
                "marker": {"type": "circle", "size": 7, "fill": {"color": _ACCENT}},
                "data_labels": {"value": True, "num_format": "0%", "position": "above"},
            }
        )
        _dress(share, "喪失月ごとの回収率", "")
        share.set_y_axis(
            {
                "min": 0,
                "max": 1,
                "num_format": "0%",
                "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            }
        )
        share.set_legend({"none": True})
        sheet.insert_chart(place, 9, share, {"x_scale": 0.84, "y_scale": 1.5})
    sheet.print_area(0, 0, place + 23, 12)


def _dress(chart, title: str, unit: str) -> None:
    font = {"name": _FONT, "size": 9}
    chart.set_title(
        {"name": title, "name_font": {**font, "size": 12, "bold": True}, "overlay": False}
    )
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis(
        {
            "name": unit,
            "num_font": font,
            "name_font": font,
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
