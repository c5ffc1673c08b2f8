"""The counts that a calculated workbook shows on 表紙."""

from shikaku.model.schema import schema


def cover_counts(path):
    """What 表紙 shows: sheet key → count key → number."""
    import openpyxl
    from shikaku.template.count_formulas import COUNTED, LABELS

    ws = openpyxl.load_workbook(path, data_only=True)[schema().sheets["cover"].name]
    names = {schema().sheets[key].name: key for key in COUNTED}
    head = next(row for row in ws.iter_rows() if row[2].value == LABELS["rows"])
    found = {}
    for cells in ws.iter_rows(min_row=head[0].row + 1, max_row=head[0].row + len(COUNTED)):
        key = names[cells[1].value]
        counted = dict(zip(LABELS, (cell.value for cell in cells[2:8]), strict=True))
        found[key] = {count: counted[count] for count in COUNTED[key]}
    return found
