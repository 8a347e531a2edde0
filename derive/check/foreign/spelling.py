"""Numbers and marks as people spell them, in the spelling of our reader: 25,000 and 75\\%, log_2 x, P(A | B)."""

from __future__ import annotations

import re
from collections.abc import Iterable

COMMA = "\N{SINGLE LOW-9 QUOTATION MARK}"
"""Stands for a comma inside of a number, which parts no list."""

_DIGITS = r"[1-9]\d{0,2}(?:,\d{3})+"
_THOUSANDS = re.compile(rf"(?<![\d.,(]){_DIGITS}(?![\d.]*\d|,\d)|(?<=\(){_DIGITS}(?=\s*[-+*/\\])")
_GROUPS = re.compile(r"(?<!\d)([1-9]\d{0,2}(?:\{,\}\d{3})+)(?!\d|\{,\})")
_DECIMAL = re.compile(r"(?<=\d)\{,\}(?=\d)")
_PERCENT = re.compile(r"(\d+)(?:\.(\d+))?(?:\s|~|\\[,; ])*\\%(?!\s*[\d(])")
_LOGARITHM = re.compile(r"(?<!/)(?<!/ )\\log_(?:\{\s*(\d+|[a-z])\s*\}|(\d|[a-z]))\s*(?![\^(]?\s*=)")
_GIVEN = re.compile(r"(?<![A-Za-z\\])([pPqQ](?:_\w)?)\(([^()|]+?)(?:\\(?:mid|vert)(?![A-Za-z])|\|)([^()|]+)\)")
_NAMED_CALL = re.compile(r"\\math(?:rm|it|sf)\{([A-Za-z]{2,})\}(?=\s*(?:\\left\s*|\\bigl?\s*)?\()")


_COMMA = re.compile(r"(?<![\d(\[{,.])0,(?:\d{2,}|[2-9])(?![,\d])")
_POINT = re.compile(r"\d\.\d")


def has_decimal_commas(formulas: Iterable[str]) -> bool:
    """Whether a file writes 0,25 for a quarter: it has such numbers, and none with a point."""
    texts = list(formulas)
    return any(map(_COMMA.search, texts)) and not any(map(_POINT.search, texts))


def with_points(text: str) -> str:
    """The commas within numbers as points; every place stays."""
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def with_whole_numbers(text: str) -> str:
    """The commas that group the digits of a number marked as such; every place stays."""
    return _THOUSANDS.sub(lambda match: match[0].replace(",", COMMA), text)


def spelled(text: str) -> str:
    """A formula in our spelling, place by place no more."""
    text = _GROUPS.sub(lambda match: match[1].replace("{,}", ""), text.replace(COMMA, ""))
    text = _PERCENT.sub(_hundredths, _DECIMAL.sub(".", text))
    text = _NAMED_CALL.sub(r"\\operatorname{\1}", text)
    text = _LOGARITHM.sub(lambda match: rf"\frac{{1}}{{\log {match[1] or match[2]}}}\log ", text)
    return _GIVEN.sub(lambda match: rf"{match[1]}({match[2]}, \operatorname{{given}}({match[3]}))", text)


def _hundredths(match: re.Match[str]) -> str:
    """75\\% as 0.75, 2.50\\% as 0.0250: as many digits as there were."""
    digits = match[1].rjust(3, "0")
    return f"{digits[:-2]}.{digits[-2:]}{match[2] or ''}"
