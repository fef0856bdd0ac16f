"""The round of an inspector, outside and now and then without a connection."""

from django.conf import settings
from django.db import models

from plein.service.reports.models.reports import Report


class Round(models.Model):
    """A round through the town by one inspector, with the reports to look at in their order."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]


class Visit(models.Model):
    """A report on a round, and what the inspector did there.

    key: made by the phone per thing done, so that sending twice does it once. outcome: an Ending, "busy" or "note".
    seen_version: of the case, as the inspector saw it. is_conflict: somebody else changed it meanwhile; what the
    inspector found stands in the timeline, and a person decides.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="visits")
    report = models.ForeignKey(Report, models.CASCADE, related_name="visits")
    place = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (empty would not be unique)
    outcome = models.CharField(max_length=20, blank=True, default="")
    note = models.TextField(blank=True, default="")
    seen_version = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)
    is_conflict = models.BooleanField(default=False)

    class Meta:
        ordering = ["place", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "report"], name="report_once_on_a_round")]
