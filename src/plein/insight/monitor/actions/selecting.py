"""Selections that a council member keeps for a report of their own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from plein.foundation.errors import NotFound
from plein.foundation.identity.actors import Actor, require
from plein.insight.monitor.models import Indicator, Selection


@transaction.atomic
def save_selection(title: str, *, indicators: Sequence[str], by: Actor, now: datetime) -> Selection:
    """Keep a selection of indicators under a title, in the order of the board; the same title is replaced.

    Raises NotAllowed.
    """
    require(by, "monitor.select")
    keys = [key for key in Indicator.objects.values_list("key", flat=True) if key in set(indicators)]
    facts = {"indicators": keys, "made_at": now}
    return Selection.objects.update_or_create(staff_id=int(by.key), title=title.strip()[:80], defaults=facts)[0]


@transaction.atomic
def drop_selection(selection_id: int, *, by: Actor, now: datetime) -> None:
    """Throw away a selection of one's own.

    Raises NotFound, NotAllowed.
    """
    require(by, "monitor.select")
    if not Selection.objects.filter(pk=selection_id, staff_id=int(by.key)).delete()[0]:
        raise NotFound(what="selection")
