"""What came of one run over letters: the results, their counts and faults, the index."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shikaku.letters.bulk.journal_lines import Results
from shikaku.letters.bulk.letter_result import LetterResult
from shikaku.letters.pdf import choose


@dataclass(slots=True)
class RunReport:
    """What a run did.

    results: in the order of the letters, each read from the journal when it is asked for. engines: kind →
    the PDF engine and why. of_day: all letters of the folder that were issued on the run's day, likewise.
    seconds: of the run.
    """

    out: Path
    results: Sequence[LetterResult] = field(default_factory=list)
    engines: dict[str, choose.Choice] = field(default_factory=dict)
    of_day: Sequence[LetterResult] = field(default_factory=list)
    index: Path | None = None
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """Letters by state: done, kept, partial, failed."""
        return dict(Counter(r.state for r in self.results))

    @property
    def made(self) -> Sequence[LetterResult]:
        """The letters that are wholly there."""
        if isinstance(self.results, Results):
            return self.results.good()
        return [result for result in self.results if result.ok]

    @property
    def faults(self) -> list[LetterResult]:
        """The letters that are not, or not wholly, there."""
        return [r for r in self.results if not r.ok]
