"""Tables of the user's own on a sheet that we fill: they stay, and nothing is written into them."""

from collections.abc import Iterable

from shikaku.ooxml.addresses import Area, meet
from shikaku.system.errors import BookError


def refuse_in(sheet: str, area: Area, others: Iterable[tuple[str, Area]]) -> None:
    """Raise BookError when a table other than ours stands in an area that is to be filled: two tables in one
    place make a file that Excel has to repair. sheet: its tab; others: (name, where it stands)."""
    for name, place in others:
        if meet(area, place):
            raise BookError(
                f"シート「{sheet}」の、結果を書き込むところに別の表「{name}」があるため、書き込めません。",
                "その表を別のシートか、右の空いた列へ移してから、もう一度実行してください。",
            )
