"""Where the product keeps its own files on this machine."""

import os
from pathlib import Path

import platformdirs


def folder() -> Path:
    """Where logs are kept: ``SHIKAKU_LOG_DIR`` or the system's place for a user's logs."""
    override = os.environ.get("SHIKAKU_LOG_DIR")
    return Path(override) if override else platformdirs.user_log_path("shikaku", False)
