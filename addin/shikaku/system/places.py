"""Where the product keeps its own files on this machine."""

import os
from contextlib import suppress
from pathlib import Path

import platformdirs


def folder() -> Path:
    """Where logs are kept: ``SHIKAKU_LOG_DIR`` or the system's place for a user's logs."""
    override = os.environ.get("SHIKAKU_LOG_DIR")
    return Path(override) if override else platformdirs.user_log_path("shikaku", False)


def state() -> Path:
    """Where what only this user may see is kept: keys, states of workbooks before our writes.

    ``SHIKAKU_STATE_DIR``, or ``state`` within a log folder that was set, or the system's place.
    """
    override = os.environ.get("SHIKAKU_STATE_DIR")
    if override:
        return Path(override)
    if os.environ.get("SHIKAKU_LOG_DIR"):
        return folder() / "state"
    return platformdirs.user_state_path("shikaku", False)


def private(path: Path) -> Path:
    """A folder at or below ``state``, made for this user alone. Raises OSError."""
    top = state()
    top.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # somebody else's, who may have let us in on purpose
        top.chmod(0o700)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
