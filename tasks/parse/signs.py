"""Signs that are not what they look like: marks without width, radicals written for letters."""

import re
import unicodedata

__all__ = ["readable"]

# Soft hyphen, zero-width marks, byte order mark; presentation forms that mean ordinary letters: Latin ligatures,
# Kangxi radicals (some converters write ⼀ for 一), compatibility ideographs.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PRESENTATION = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def readable(text: str) -> str:
    r"""Return `text` without invisible characters, and presentation forms as the letters they mean.

    >>> readable("⼀、pro\u00adﬁt")
    '一、profit'
    """
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
