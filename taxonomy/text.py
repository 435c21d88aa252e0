"""Words of a text in Chinese or English: the same on every database, for search and for matching."""

import logging
import re
import unicodedata
from functools import cache

import jieba

_WORD = re.compile(r"[a-z0-9][a-z0-9+#.\-]*|[\u3400-\u9fff\uf900-\ufaff]+", re.IGNORECASE)


@cache
def _segmenter():
    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    segmenter.initialize()
    return segmenter


def words(text: str) -> list[str]:
    """Return the words of `text` in order, case and width folded; Chinese is segmented for search.

    A long Chinese word is followed by the shorter words inside it, so that 工业互联网 is also found by 互联网.
    """
    found = []
    for piece in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if piece[0].isascii():
            found.append(piece.rstrip(".-"))
        else:
            found.extend(_segmenter().lcut_for_search(piece))
    return found


def segmented(*texts: str) -> str:
    """Return the words of all `texts`, joined by blanks, with a blank at either end for whole-word look-up."""
    found = words(" \n ".join(text for text in texts if text))
    return f" {' '.join(found)} " if found else ""
