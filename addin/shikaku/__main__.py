"""``python -m shikaku`` is the command ``shikaku``."""

from shikaku.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
