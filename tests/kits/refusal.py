"""An Excel that is busy while a session writes."""

import pytest
from xlengine.areas import Interrupted


def refused(session) -> None:
    """Let the last write of a session be refused: nothing of the others may stay."""

    def refuse(*_):
        raise Interrupted("Excel is busy")

    session._writes.append(("", refuse))
    with pytest.raises(Interrupted):
        session.commit()
    assert session.state == "untouched"
