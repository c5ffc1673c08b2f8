"""Work counted instead of timed: the same on every machine."""

import sys
from collections.abc import Callable

from paths import PRODUCT


def steps(function: Callable[[], object]) -> int:
    """How many lines of the product a call carries out, each turn of a loop and of a comprehension one.

    Of the product only: what counts coverage takes its counters out while it runs.
    """
    count = 0

    def one_more(frame, event, argument):
        nonlocal count
        if not frame.f_code.co_filename.startswith(str(PRODUCT)):
            return None
        count += 1
        return one_more

    before = sys.gettrace()
    sys.settrace(one_more)
    try:
        function()
    finally:
        sys.settrace(before)
    return count
