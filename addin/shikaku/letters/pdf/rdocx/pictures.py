"""Pictures in the form that rdocx draws: it leaves out, without a word, all but 8-bit PNG and JPEG."""

import io
from functools import lru_cache

_DRAWN = {"PNG": ("L", "LA", "RGB", "RGBA"), "JPEG": ("L", "RGB")}
_MAX_PIXELS = 60_000_000
"""A scanned A4 page at 600 dpi has 35 million."""


def is_picture(part: str, content_type: str) -> bool:
    """Whether a part of a Word file is a picture."""
    return content_type.startswith("image/") or "/media/" in part


@lru_cache(maxsize=64)
def drawable(data: bytes) -> bytes | None:
    """The picture as rdocx draws it, the same bytes where it does; None for one that can't be read
    (EMF, WMF, a broken or huge one)."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _MAX_PIXELS:
                return None
            if image.mode in _DRAWN.get(image.format or "", ()) and not _small_png(data):
                return data
            clear = "transparency" in image.info or image.mode in ("LA", "PA", "RGBA")
            out = io.BytesIO()
            image.convert("RGBA" if clear else "RGB").save(out, "PNG")
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _small_png(data: bytes) -> bool:
    """A PNG of fewer or more than 8 bits a sample: Pillow reads it as one of 8."""
    return data.startswith(b"\x89PNG") and data[24:25] not in (b"\x08", b"")
