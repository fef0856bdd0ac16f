"""Which category a text is probably about; nothing while the algorithm is off or was never trained."""

from datetime import datetime

from plein.foundation.gate.trained import InUse
from plein.service.reports.queries.categories import categories
from plein.service.reports.rules.suggesting import Suggester, Suggestion

ALGORITHM = "reports.suggest"
MOST = 5

_in_use = InUse(ALGORITHM, Suggester.from_bytes)


def suggest(text: str, *, language: str, now: datetime) -> list[Suggestion]:
    """List the likeliest categories in use for a text, most certain first; empty is: a person chooses.

    One with `is_sure` is certain enough to fill in beforehand; the reporter can always choose another.
    """
    suggester = _in_use.get(now)
    if suggester is None:
        return []
    known = {category.slug for category in categories()}
    found = suggester.suggest(text, language=language, most=len(suggester.categories))
    return [one for one in found if one.category in known][:MOST]
