"""A cluster without processes: what is sent is packed, opened and worked on right here."""

from collections.abc import Iterator

from shikaku.cluster import tasks
from shikaku.cluster.packing import sealed


class Inline:
    """The part of ``cluster.connection.Cluster`` that checks and decisions use."""

    workers = 2

    def __init__(self) -> None:
        self.sent = 0

    def start(self, task, works) -> "Inline.Pending":
        self.sent += len(works)
        return Inline.Pending([tasks.run(task, sealed(work)) for work in works])

    class Pending:
        def __init__(self, answers) -> None:
            self._answers = answers

        def results(self) -> Iterator:
            for answer in self._answers:
                good, result = answer.open()
                assert good, result
                yield result
