"""Tables of the user's own on a sheet that we fill: they stay, and nothing is written into them."""

from collections.abc import Collection, Iterable

from shikaku.ooxml.addresses import Area
from shikaku.system.errors import BookError


def refuse_in(
    sheet: str, columns: Collection[int], rows: range, others: Iterable[tuple[str, Area]]
) -> None:
    """Raise BookError when a table other than ours stands in columns and rows that are to be filled: two
    tables in one place make a file that Excel has to repair. sheet: its tab; others: (name, where it
    stands)."""
    for name, (first, top, last, end) in others:
        level = top < rows.stop and rows.start <= end
        if level and any(first <= column <= last for column in columns):
            raise BookError(
                f"シート「{sheet}」の、結果を書き込むところに別の表「{name}」があるため、書き込めません。",
                "その表を別のシートか、右の空いた列へ移してから、もう一度実行してください。",
            )
