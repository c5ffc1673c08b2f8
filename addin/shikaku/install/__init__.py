"""The Excel add-in: built from text on any system, installed by copying files, no Excel needed.

build(out)      the .xlam from macros/, addin/ribbon.xml and the VBA of the installed xlwings
install()       the built file into Excel's start folder (Windows, Mac)
uninstall()     and away again
status()        what is installed, and whether it fits the installed package and xlwings
It never starts Excel and never touches a workbook.
"""

from shikaku.install.actions import InstallReport, examine, install, status, uninstall
from shikaku.install.build import FILE_NAME, build, build_bytes
from shikaku.install.places import Place, place

__all__ = [
    "FILE_NAME",
    "Place",
    "InstallReport",
    "build",
    "build_bytes",
    "examine",
    "install",
    "place",
    "status",
    "uninstall",
]
