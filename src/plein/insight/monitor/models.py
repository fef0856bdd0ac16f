"""Themes, goals, indicators with their versions, what was computed from them and how it stands."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from plein.foundation.words import Text


class Theme(models.Model):
    """A field of policy, with one indicator that leads it."""

    key = models.SlugField(unique=True)
    title_nl = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    text_nl = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    icon = models.CharField(max_length=40, default="activity")
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "key"]

    @property
    def title(self) -> Text:
        """Give the title in both languages."""
        return Text(self.title_nl, self.title_en)

    @property
    def text(self) -> Text:
        """Give the explanation in both languages."""
        return Text(self.text_nl, self.text_en)


class Goal(models.Model):
    """What the municipality wants within a theme."""

    key = models.SlugField(unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="goals")
    title_nl = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["theme__order", "order", "key"]

    @property
    def title(self) -> Text:
        """Give the title in both languages."""
        return Text(self.title_nl, self.title_en)


class Indicator(models.Model):
    """Something counted to see whether a goal comes nearer. What it means stands in its versions."""

    key = models.SlugField(unique=True)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="indicators")
    leads = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=100)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["goal__theme__order", "order", "key"]


class IndicatorVersion(models.Model):
    """One meaning of an indicator. A published version never changes; a change is a new draft that is then published.

    norms: wanted value per year, {"2030": 10.0}.
    norm_from_start: years in which no worse than the first value is wanted.
    groups: for a breakdown, per group key its name in both languages.
    """

    STATES = [("draft", "draft"), ("published", "published"), ("replaced", "replaced")]
    DIRECTIONS = [("up", "up"), ("down", "down")]
    FREQUENCIES = [(word, word) for word in ("year", "quarter", "month", "day")]

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    title_nl = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    definition_nl = models.TextField()
    definition_en = models.TextField()
    formula = models.TextField()
    products = models.JSONField(default=list)
    unit_nl = models.CharField(max_length=60)
    unit_en = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField(default=1)
    direction = models.CharField(max_length=4, choices=DIRECTIONS)
    norms = models.JSONField(default=dict, blank=True)
    norm_from_start = models.JSONField(default=list, blank=True)
    norm_source_nl = models.CharField(max_length=300, blank=True)
    norm_source_en = models.CharField(max_length=300, blank=True)
    owner_role = models.CharField(max_length=60, default="role:analyst")
    frequency = models.CharField(max_length=8, choices=FREQUENCIES, default="year")
    group_title_nl = models.CharField(max_length=60, blank=True)
    group_title_en = models.CharField(max_length=60, blank=True)
    groups = models.JSONField(default=dict, blank=True)
    source_nl = models.CharField(max_length=300)
    source_en = models.CharField(max_length=300)
    change_nl = models.CharField(max_length=300, blank=True)
    change_en = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["indicator", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="monitor_version_number"),
            models.UniqueConstraint(fields=["indicator"], condition=Q(state="draft"), name="monitor_one_draft"),
            models.UniqueConstraint(fields=["indicator"], condition=Q(state="published"), name="monitor_one_published"),
            models.CheckConstraint(condition=Q(direction__in=["up", "down"]), name="monitor_direction"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="monitor_published_has_a_day"
            ),
        ]

    @property
    def title(self) -> Text:
        """Give the title in both languages."""
        return Text(self.title_nl, self.title_en)

    @property
    def definition(self) -> Text:
        """Give the definition in both languages."""
        return Text(self.definition_nl, self.definition_en)

    @property
    def unit(self) -> Text:
        """Give the unit in both languages."""
        return Text(self.unit_nl, self.unit_en)

    @property
    def source(self) -> Text:
        """Name who counted, in both languages."""
        return Text(self.source_nl, self.source_en)

    @property
    def norm_source(self) -> Text:
        """Say where the norm comes from, in both languages."""
        return Text(self.norm_source_nl, self.norm_source_en)

    @property
    def group_title(self) -> Text:
        """Say what the groups are, in both languages."""
        return Text(self.group_title_nl, self.group_title_en)

    @property
    def change(self) -> Text:
        """Say what changed in this version, in both languages."""
        return Text(self.change_nl, self.change_en)

    def group_name(self, key: str) -> Text:
        """Name one group of the breakdown."""
        words = self.groups.get(key) or {}
        return Text(words.get("nl", key), words.get("en", key))

    @property
    def norm_by_year(self) -> dict[int, float]:
        """Give the fixed norms by year."""
        return {int(year): float(value) for year, value in self.norms.items()}


class Run(models.Model):
    """One computation of a version: from which versions of the data, with what outcome."""

    OUTCOMES = [("changed", "changed"), ("same", "same"), ("failed", "failed")]

    version = models.ForeignKey(IndicatorVersion, on_delete=models.CASCADE, related_name="runs")
    at = models.DateTimeField(db_index=True)
    products = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    outcome = models.CharField(max_length=8, choices=OUTCOMES)
    rows = models.PositiveIntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]


class Value(models.Model):
    """One value, from the moment it was known until the moment another took its place."""

    version = models.ForeignKey(IndicatorVersion, on_delete=models.CASCADE, related_name="values")
    area_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)
    grp = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=10)
    value = models.FloatField()
    n = models.BigIntegerField(null=True, blank=True)
    known_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "area_code", "grp", "period"],
                condition=Q(replaced_at__isnull=True),
                name="monitor_one_value_now",
            ),
        ]
        indexes = [
            models.Index(fields=["version", "kind", "grp", "period"], name="monitor_value_map"),
            models.Index(fields=["area_code", "version"], name="monitor_value_area"),
        ]


class Standing(models.Model):
    """How an area stands towards the norm of an indicator, by the newest values."""

    version = models.ForeignKey(IndicatorVersion, on_delete=models.CASCADE, related_name="standings")
    area_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=20)
    sure = models.BooleanField(null=True)
    latest_period = models.CharField(max_length=10)
    latest = models.FloatField()
    before_period = models.CharField(max_length=10, blank=True)
    before = models.FloatField(null=True)
    measurements = models.PositiveIntegerField()
    norm_year = models.PositiveSmallIntegerField(null=True)
    norm = models.FloatField(null=True)
    slope = models.FloatField(null=True)
    p = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    expected_low = models.FloatField(null=True)
    expected_high = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "area_code"], name="monitor_one_standing")]
        indexes = [models.Index(fields=["area_code"], name="monitor_standing_area")]


class Selection(models.Model):
    """What a council member wants in a report of their own."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="monitor_selections")
    title = models.CharField(max_length=80)
    indicators = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["staff", "title"], name="monitor_selection_title")]
