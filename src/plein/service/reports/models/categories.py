"""What can be reported, who owns what stands in the street, and where each report goes."""

from django.db import models
from django.db.models import Q

from plein.foundation.identity.models import Partner, Team
from plein.foundation.identity.sealed import SealedField
from plein.foundation.words import Text

PRIORITIES = ((1, "urgent"), (2, "ordinary"), (3, "can wait"))


class Owner(models.Model):
    """An organisation outside that owns things in public space: the water board, the railways, an energy company.

    A report about its things is passed on by Open311 when there is an address for it, else by e-mail, else the
    reporter hears whom to call. open311_url: the endpoint, without `requests.json`; open311_key: its API key, sealed;
    service_codes: what its services are called, by our slug, "" for the others.
    """

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    website = models.URLField(blank=True, default="")
    open311_url = models.URLField(blank=True, default="")
    open311_jurisdiction = models.CharField(max_length=100, blank=True, default="")
    open311_key = SealedField(about="reports.open311-key", null=True)
    service_codes = models.JSONField(default=dict, blank=True)
    partner = models.ForeignKey(Partner, models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """Something that can be reported, in a set ("pleinstad", "amsterdam") of which one is in use.

    slug: unique in its set; main_slug groups. handling: what happens with it, told to the reporter.
    team: who does it; department: who does it in words, as a set from elsewhere tells it.
    term_days, in_working_days: within how long it is done, as long as history promises nothing better.
    danger, danger_phone: shown first, before anything is asked; "" is no danger.
    questions: more to ask, in the shape of casework.forms. owner: whose it is; None is ours.
    asset_kind: the kind of thing it is about, "" is none. place_m: the public sees the place rounded to so many metres.
    examples: {"nl": [...], "en": [...]}, sentences that people could write, to learn from.
    """

    set_key = models.SlugField(max_length=40)
    slug = models.SlugField(max_length=80)
    main_slug = models.SlugField(max_length=80)
    main_title_nl = models.CharField(max_length=100)
    main_title_en = models.CharField(max_length=100, blank=True, default="")
    title_nl = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100, blank=True, default="")
    description_nl = models.TextField(blank=True, default="")
    description_en = models.TextField(blank=True, default="")
    handling_nl = models.TextField(blank=True, default="")
    handling_en = models.TextField(blank=True, default="")
    examples = models.JSONField(default=dict, blank=True)
    department = models.CharField(max_length=200, blank=True, default="")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Owner, models.PROTECT, null=True, blank=True, related_name="categories")
    priority = models.PositiveSmallIntegerField(choices=PRIORITIES, default=2)
    term_days = models.PositiveSmallIntegerField(default=5)
    in_working_days = models.BooleanField(default=True)
    danger_nl = models.TextField(blank=True, default="")
    danger_en = models.TextField(blank=True, default="")
    danger_phone = models.CharField(max_length=30, blank=True, default="")
    questions = models.JSONField(default=list, blank=True)
    asset_kind = models.SlugField(max_length=40, blank=True, default="")
    icon = models.CharField(max_length=40, default="map-pin")
    place_m = models.PositiveSmallIntegerField(default=0)
    order = models.PositiveSmallIntegerField(default=100)
    is_public = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "main_slug", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["set_key", "slug"], name="category_once_in_its_set"),
            models.CheckConstraint(condition=Q(priority__in=[1, 2, 3]), name="category_priority_known"),
        ]

    def __str__(self) -> str:
        return f"{self.main_title_nl}: {self.title_nl}"

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.title_nl, self.title_en or self.title_nl)

    @property
    def main_title(self) -> Text:
        """Give the name of its group in both languages."""
        return Text(self.main_title_nl, self.main_title_en or self.main_title_nl)

    @property
    def description(self) -> Text:
        """Give what belongs to it, in both languages."""
        return Text(self.description_nl, self.description_en or self.description_nl)

    @property
    def handling(self) -> Text:
        """Give what happens with it, in both languages."""
        return Text(self.handling_nl, self.handling_en or self.handling_nl)

    @property
    def danger(self) -> Text:
        """Give the warning that comes first, in both languages."""
        return Text(self.danger_nl, self.danger_en or self.danger_nl)


class RouteRule(models.Model):
    """A rule that says where a report goes; the first one that fits counts, by `order`. Empty is any.

    area_code: a buurt or wijk. weekdays: 0 is Monday; from_time, until_time: in town, may pass midnight.
    for_priority: of the category. asset_owner: whose thing it is about. to_owner: pass it on outside; to_team: who
    does it.
    """

    order = models.PositiveSmallIntegerField(default=100)
    title = models.CharField(max_length=100)
    main_slug = models.SlugField(max_length=80, blank=True, default="")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+")
    for_priority = models.PositiveSmallIntegerField(choices=PRIORITIES, null=True, blank=True)
    area_code = models.CharField(max_length=10, blank=True, default="")
    weekdays = models.JSONField(default=list, blank=True)
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    asset_kind = models.SlugField(max_length=40, blank=True, default="")
    asset_owner = models.ForeignKey(Owner, models.CASCADE, null=True, blank=True, related_name="+")
    to_team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    to_owner = models.ForeignKey(Owner, models.PROTECT, null=True, blank=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=PRIORITIES, null=True, blank=True)
    term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    in_working_days = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_time=None, until_time=None) | Q(from_time__isnull=False, until_time__isnull=False),
                name="rule_has_both_hours_or_none",
            ),
            models.CheckConstraint(
                condition=Q(to_team__isnull=False)
                | Q(to_owner__isnull=False)
                | Q(priority__isnull=False)
                | Q(term_days__isnull=False),
                name="rule_decides_something",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class StandardText(models.Model):
    """A text that staff often send: with an ending ("" is any) and a group of categories ("" is any)."""

    key = models.SlugField(max_length=60, unique=True)
    title_nl = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    ending = models.CharField(max_length=20, blank=True, default="")
    main_slug = models.SlugField(max_length=80, blank=True, default="")
    text_nl = models.TextField()
    text_en = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["title_nl"]

    def __str__(self) -> str:
        return self.title_nl

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.title_nl, self.title_en)
