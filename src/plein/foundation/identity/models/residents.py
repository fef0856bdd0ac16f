"""Residents and organisations as they come in, and who may act for whom."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from plein.foundation.identity.sealed import SealedField
from plein.foundation.words import gettext_noop

ABOUT_BSN = "identity.bsn"


class Person(models.Model):
    """Somebody from outside: a resident or an organisation. Nothing else may hold a BSN.

    uuid: how others refer to this person. bsn: sealed; bsn_hash: keyed hash, to find it by.
    subject_hash: keyed hash of the login provider's own number for who has no BSN or KVK number, such as a European.
    kvk: 8 digits; vestiging: 12 digits or "", of an organisation. name: as the provider gave it, may be "".
    sessions_ended_at: when the person was logged out on every device.
    """

    KINDS = (("resident", gettext_noop("Resident")), ("organisation", gettext_noop("Organisation")))

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=KINDS)
    bsn = SealedField(about=ABOUT_BSN, null=True)
    bsn_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (empty would not be unique)
    subject_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    kvk = models.CharField(max_length=8, blank=True, default="")
    vestiging = models.CharField(max_length=12, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    last_login_at = models.DateTimeField(null=True)
    sessions_ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kvk", "vestiging"], condition=~Q(kvk=""), name="one_organisation_per_kvk_and_vestiging"
            ),
            models.CheckConstraint(
                condition=Q(bsn=None, bsn_hash=None) | Q(bsn__isnull=False, bsn_hash__isnull=False),
                name="bsn_has_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(kind="resident", kvk="", vestiging="") | Q(kind="organisation", bsn=None),
                name="bsn_for_residents_kvk_for_organisations",
            ),
        ]

    @property
    def key(self) -> str:
        """Give the key that the person has as an actor: 32 hex."""
        return self.uuid.hex

    @property
    def display_name(self) -> str:
        """Give the name as pages show it; who came in without one is the number of the organisation, or somebody."""
        if self.name or not self.kvk:
            return self.name or gettext("somebody whose name is not known here")
        return gettext("organisation {number}").format(number=self.kvk)


class Mandate(models.Model):
    """One person may act for another: a parent for a child, one for who gave a mandate, a person for a company.

    scope: keys of products it counts for; [] is all. source: "broker" (the login provider said so, for this login
    only) or "counter" (staff wrote it down). until: exclusive. ended_at: ended before its date.
    """

    KINDS = (
        ("parent", gettext_noop("Parent or guardian")),
        ("client", gettext_noop("On behalf of a client")),
        ("company", gettext_noop("For an organisation")),
    )
    SOURCES = (("broker", gettext_noop("Said at login")), ("counter", gettext_noop("Recorded at the counter")))

    agent = models.ForeignKey(Person, models.CASCADE, related_name="mandates")
    principal = models.ForeignKey(Person, models.CASCADE, related_name="mandated")
    kind = models.CharField(max_length=10, choices=KINDS)
    scope = models.JSONField(default=list, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    source = models.CharField(max_length=10, choices=SOURCES)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(agent=F("principal")), name="mandate_is_for_another"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="mandate_ends_after_start"),
        ]
