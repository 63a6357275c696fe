"""Turns issues and readability into one score between 0 and 1."""

from collections.abc import Iterable

from app.demo.analysis.finding import Issue, Severity
from app.demo.analysis.readability import Readability

_POINTS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}
# In a short text a single slip would otherwise outweigh everything else.
_FEWEST_WORDS = 200
_HALVING_DENSITY = 20.0
_EASIEST = 100.0
_TIDINESS_SHARE = 0.7


def quality_score(issues: Iterable[Issue], words: int, readability: Readability | None) -> float:
    """Score a document from 0 (worst) to 1, rounded to three digits.

    score    = 0.7 * tidiness + 0.3 * ease
    tidiness = 1 / (1 + density / 20), where density is the issue points per 1000 words (an error has 3,
               a warning 2, an info 1; fewer than 200 words count as 200)
    ease     = Flesch reading ease / 100, held within 0 and 1

    A document without readable prose scores 0.
    """
    if readability is None:
        return 0.0
    density = 1000 * sum(_POINTS[issue.severity] for issue in issues) / max(words, _FEWEST_WORDS)
    tidiness = 1 / (1 + density / _HALVING_DENSITY)
    ease = min(1.0, max(0.0, readability.reading_ease / _EASIEST))
    return round(_TIDINESS_SHARE * tidiness + (1 - _TIDINESS_SHARE) * ease, 3)
