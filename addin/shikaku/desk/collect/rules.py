"""An employer's settings and closed days against the insurer's: where limits would differ.

A workbook may have come with other days (届出期限日数 10, a company holiday in 休日). In the worklist the
insurer's count, so that a filing in time for the sender may be late here: that is said, not guessed.
"""

import datetime as dt

from shikaku.desk.collect.reading import Taken
from shikaku.model.schema import schema
from shikaku.model.settings import Settings

_MOST = 3


def remarks(taken: Taken, settings: Settings, closed: frozenset[dt.date]) -> list[str]:
    """What a file's 設定 and 休日 say otherwise. closed: the insurer's sheet 休日; years that it
    doesn't speak of are left out."""
    found = []
    for key, theirs in taken.rules.items():
        ours = getattr(settings, key)
        if theirs != ours:
            spec = schema().settings[key]
            words = schema().lists.get(spec.list, {})
            found.append(
                f"設定の「{spec.label}」が {words.get(str(theirs), theirs)} です"
                f"(こちらは {words.get(str(ours), ours)}。期限はこちらで数えます)"
            )
    years = {day.year for day in closed}
    own = sorted(day for day in taken.closed_days - closed if day.year in years)
    if own:
        listed = "、".join(day.isoformat() for day in own[:_MOST])
        more = f"ほか{len(own) - _MOST}日" if len(own) > _MOST else ""
        found.append(f"シート「休日」に、こちらにない日があります: {listed}{more}")
    return found
