"""``python -m shikaku.letters.design FOLDER``: write the shipped templates."""

import sys
from pathlib import Path

from shikaku.letters.design import write

for written in write(Path(sys.argv[1])):
    print(written)
