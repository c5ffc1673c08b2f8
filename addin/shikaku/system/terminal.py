"""What a command says on its two streams; every line passes the door (``system.masking``)."""

import sys
from collections.abc import Iterable

from shikaku.system import masking, streams


def say(lines: Iterable[str]) -> None:
    """Lines of a result, on standard output."""
    for line in lines:
        print(masking.shown(line))


def say_json(thing: object) -> None:
    """A result as one JSON object, on standard output: in UTF-8, as JSON is."""
    streams.in_utf8()
    for part in masking.json_parts(thing):
        sys.stdout.write(part)
    print()


def complain(lines: Iterable[str]) -> None:
    """Lines of an error or of progress, on standard error."""
    for line in lines:
        print(masking.shown(line), file=sys.stderr)
