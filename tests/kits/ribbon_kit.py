"""What tests of the ribbon's buttons look at: the last message, the log, a result of letters."""

from collections import Counter
from dataclasses import dataclass

from shikaku.system import error_report


@dataclass
class Letters:
    """What a button looks at in a result of the letters' job."""

    made: Counter
    failed: list

    @property
    def exit_status(self):
        return 1 if self.failed else 0

    def lines(self):
        return [*map(str, self.failed), f"通知書を {sum(self.made.values())}通 作りました"]


def last(excel):
    return excel.app.alerts[-1][0]


def log():
    return error_report.path().read_text("utf-8") if error_report.path().exists() else ""
