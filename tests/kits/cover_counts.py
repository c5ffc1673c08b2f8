"""The counts that a calculated workbook shows on 表紙."""

from shikaku.model.schema import schema


def cover_counts(path):
    """What 表紙 shows: sheet key → count key → number."""
    import openpyxl
    from shikaku.template.count_formulas import COUNTED, LABELS

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = list(book[schema().sheets["cover"].name].iter_rows(values_only=True))
    names = {schema().sheets[key].name: key for key in COUNTED}
    head = next(place for place, row in enumerate(rows) if row[2] == LABELS["rows"])
    found = {}
    for cells in rows[head + 1 : head + 1 + len(COUNTED)]:
        key = names[cells[1]]
        counted = dict(zip(LABELS, cells[2:8], strict=True))
        found[key] = {count: counted[count] for count in COUNTED[key]}
    return found
