"""Reports of before Plein, to learn from; and the register of what was removed."""

from django.db import models


class PastReport(models.Model):
    """A report from another system, without text and without persons: history for promises, causes and figures.

    source: the source it was loaded from, with `key` unique in it. category, main_category, team: as that system calls
    them, slugs. closed_on: None is open or unknown; days_open: as the source says it, None when it does not.
    first_seen_at: from when the source could see it (left truncation); None is from the start.
    """

    source = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    gemeente_code = models.CharField(max_length=6)
    reported_at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    days_open = models.FloatField(null=True)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    main_category = models.SlugField(max_length=80)
    category = models.SlugField(max_length=80)
    team = models.CharField(max_length=100, blank=True, default="")
    channel = models.CharField(max_length=40, blank=True, default="")
    area_code = models.CharField(max_length=10, blank=True, default="")
    area_name = models.CharField(max_length=100, blank=True, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    cell = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="past_report_once")]
        indexes = [
            models.Index(fields=["category", "reported_at"], name="past_report_of_category"),
            models.Index(fields=["cell"], name="past_report_near"),
        ]


class Removal(models.Model):
    """A line in the register of what was removed: what, of how many, under which rule. Never of whom.

    reference: the number of the case; rule: the key of the rule in `rules.keeping`; what: "contact", "text", "photos"
    or "traces".
    """

    at = models.DateTimeField(db_index=True)
    reference = models.CharField(max_length=40)
    what = models.CharField(max_length=20)
    rule = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
