"""Clear what is kept no longer: messages without a case after a year, codes after a day."""

from datetime import datetime, timedelta

from django.db import transaction

from plein.casework.messages.models import EmailCheck, Message
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.audit import note

KEEP = timedelta(days=366)
KEEP_CODES = timedelta(days=1)
BATCH = 500


def purge(*, now: datetime) -> int:
    """Clear messages without a case that are older than a year, in batches; returns how many.

    Messages about a case go when the case is destroyed.
    """
    EmailCheck.objects.filter(sent_at__lt=now - KEEP_CODES).delete()
    done = 0
    while True:
        with transaction.atomic():
            old = Message.objects.filter(zaak=None, created_at__lt=now - KEEP).values_list("pk", flat=True)[:BATCH]
            keys = list(old)
            if not keys:
                return done
            Message.objects.filter(pk__in=keys).delete()
            note("messages.purge", subject="messages", by=SYSTEM, now=now, count=len(keys))
        done += len(keys)
