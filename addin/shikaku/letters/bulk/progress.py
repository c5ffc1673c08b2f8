"""How far a run of letters is, for the person who watches."""

import sys
from collections.abc import Mapping

from shikaku.letters.bulk.letter_result import LetterResult
from shikaku.system import terminal


class ProgressBar:
    """Progress on a terminal: rate and time left; elsewhere nothing but the last line."""

    def __init__(self, total: int | None, wanted: bool):
        self._bar = None
        if wanted and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="通", desc="通知書", smoothing=0.1, file=sys.stderr)
        self._faults = 0

    def step(self, result: LetterResult) -> None:
        """One letter more."""
        if self._bar is None:
            return
        if not result.ok:
            self._faults += 1
            self._bar.set_postfix_str(f"未作成 {self._faults}", refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Leave the line as it is."""
        if self._bar is not None:
            self._bar.close()

    @staticmethod
    def say(counts: Mapping[str, int], seconds: float) -> None:
        """The one line that also a log gets. counts: letters by state."""
        made = counts.get("done", 0) + counts.get("kept", 0)
        line = f"通知書 {made:,}通を作成しました({seconds:.1f}秒)。"
        if counts.get("kept"):
            line += f"うち{counts['kept']:,}通は前回の中断までに作成済みです。"
        bad = counts.get("partial", 0) + counts.get("failed", 0)
        if bad:
            line += f"{bad:,}通は作成できませんでした(index.csvの「理由」)。"
        terminal.complain([line])
