"""What is to be destroyed, who decided that, and the register of what was destroyed, which stays."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from plein.casework.cases.models.cases import Zaak


class Vernietigingslijst(models.Model):
    """A list of cases to destroy: one person proposes it, another one approves it.

    state: "draft" (being looked through), "proposed", "approved" (being destroyed), "done" or "refused".
    note: why it was refused.
    """

    DRAFT, PROPOSED, APPROVED, DONE, REFUSED = "draft", "proposed", "approved", "done", "refused"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=DRAFT)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="destruction_has_four_eyes"
            ),
        ]


class Vernietigingsregel(models.Model):
    """A case on such a list; kept: left out, with the reason, and proposed again after `until`."""

    lijst = models.ForeignKey(Vernietigingslijst, models.CASCADE, related_name="regels")
    zaak = models.OneToOneField(Zaak, models.CASCADE, related_name="vernietigingsregel")
    kept = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    until = models.DateField(null=True)


class Vernietiging(models.Model):
    """A line in the register of destruction: what was destroyed, on what ground, by whose decision; no persons."""

    at = models.DateTimeField()
    lijst = models.ForeignKey(Vernietigingslijst, models.PROTECT, related_name="vernietigd")
    zaak_uuid = models.UUIDField(unique=True)
    identificatie = models.CharField(max_length=40)
    zaaktype = models.CharField(max_length=50)
    resultaat = models.CharField(max_length=50)
    selectielijstklasse = models.CharField(max_length=20, blank=True, default="")
    startdatum = models.DateField()
    einddatum = models.DateField()
    archiefactiedatum = models.DateField()
    documenten = models.PositiveIntegerField()
