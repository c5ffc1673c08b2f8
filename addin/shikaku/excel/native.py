"""What xlwings leaves to the native object: fills as marks keep them, links, filters, names.

``Com`` speaks to Excel for Windows. ``Mac`` does what AppleScript allows: a mark is set and
taken back by its colour alone, and a refusal in the middle loses the links of the old rows.
"""

import sys

from shikaku.excel.native_mac import Mac
from shikaku.excel.native_windows import Com


def native() -> "Com | Mac":
    """The one for this system."""
    return Mac() if sys.platform == "darwin" else Com()
