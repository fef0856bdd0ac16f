"""Where the same comes back again and again, and what maintenance does about it."""

from django.db import models

from plein.foundation.words import Text
from plein.service.reports.models.assets import Asset


class Cause(models.Model):
    """A spot where something comes back more often than its kind, area and busyness explain.

    key: category and thing, or category and place; it stays the same while the cause is found again. episodes: how
    often it began anew, from reports. expected: what would be usual. endings: {"solved": 3}. open: reports now.
    decision: what maintenance does: "" (nobody looked), "planned", "done" or "set-aside"; note says why or when.
    gone_at: when it was no longer found.
    """

    DECISIONS = (("", "new"), ("planned", "planned"), ("done", "done"), ("set-aside", "set aside"))

    key = models.CharField(max_length=120, unique=True)
    category = models.SlugField(max_length=80)
    title_nl = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100, blank=True, default="")
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, blank=True, related_name="causes")
    lon = models.FloatField()
    lat = models.FloatField()
    area_code = models.CharField(max_length=10, blank=True, default="")
    episodes = models.PositiveIntegerField()
    reports = models.PositiveIntegerField()
    expected = models.FloatField()
    chance = models.FloatField()
    first_on = models.DateField()
    last_on = models.DateField()
    endings = models.JSONField(default=dict)
    open = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=12, choices=DECISIONS, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["chance", "key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__in=["", "planned", "done", "set-aside"]), name="cause_decision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="") | ~models.Q(note=""), name="cause_decided_with_a_note"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> Text:
        """Give what comes back, in both languages."""
        return Text(self.title_nl, self.title_en or self.title_nl)

    @property
    def times(self) -> int:
        """Say how many times more often than usual, rounded."""
        return round(self.episodes / max(self.expected, 1e-9))
