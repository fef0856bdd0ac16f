"""A report and all that belongs to it: photos, who follows it, what was added, and where it was passed on to."""

from django.db import models
from django.db.models import Q

from plein.casework.cases.models import Zaak
from plein.foundation.identity.models import Person
from plein.foundation.identity.sealed import SealedField
from plein.service.reports.models.assets import Asset
from plein.service.reports.models.categories import Category, Owner


class State(models.TextChoices):
    """How a report stands; the same word as the key of its case's Statustype."""

    NEW = "new", "new"
    BUSY = "busy", "busy"
    PASSED_ON = "passed-on", "passed on"
    CLOSED = "closed", "closed"


class Ending(models.TextChoices):
    """How a report ended, honestly; the same word as the key of its case's Resultaattype."""

    SOLVED = "solved", "solved"
    NOT_OURS = "not-ours", "not ours"
    NO_FAULT = "no-fault", "no fault found"
    PLANNED = "known-planned", "known and planned"
    WILL_NOT = "will-not", "will not be done"
    MERGED = "merged", "merged with another"
    WITHDRAWN = "withdrawn", "withdrawn"


class Report(models.Model):
    """A report of something wrong in public space; its state, team, handler and timeline are those of its case.

    public_key: in the address of its public page; says nothing and cannot be guessed. secret_digest: SHA-256 of the
    secret in the link of its reporter. draft_key: of the form it came from, so that sending twice gives one report.
    text: as the reporter wrote it, sealed as "reports.text"; None when it was removed. public_text: without names,
    phone numbers and the like. language: of the text.
    cell: H3 at resolution 10 (about 75 m across). place_found: "map", "address", "position", "photo", "asset" or "api".
    answers: to the questions of its category, by key. source: web, phone, desk, api, open311, signalen.
    promise_p50, promise_p80: days in which half and four in five of such reports are done; promise_by: the algorithm
    with its version, or "term". suggested, certainty: what the algorithm thought (0 to 1); chosen_by: "reporter",
    "suggestion", "staff", "asset" or "machine". given_to: who it was passed on to.
    merged_into: the one that tells further. is_hidden: kept off the public pages by staff. origin_hash: keyed hash of
    where it came from, likeness: simhash of the text; against spam, both removed within days. announced_at: when it was
    announced and confirmed, once.
    """

    zaak = models.OneToOneField(Zaak, models.CASCADE, related_name="report")
    public_key = models.CharField(max_length=16, unique=True)
    secret_digest = models.CharField(max_length=64, unique=True)
    draft_key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (empty would not be unique)
    category = models.ForeignKey(Category, models.PROTECT, related_name="reports")
    text = SealedField(about="reports.text", null=True)
    public_text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, default="nl")
    answers = models.JSONField(default=dict, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True, default="")
    buurt_code = models.CharField(max_length=10, blank=True, default="")
    wijk_code = models.CharField(max_length=8, blank=True, default="")
    cell = models.CharField(max_length=16, blank=True, default="")
    place_found = models.CharField(max_length=10, blank=True, default="")
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, blank=True, related_name="reports")
    source = models.CharField(max_length=10, default="web")
    reported_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    promise_on = models.DateField(null=True)
    promise_p50 = models.FloatField(null=True)
    promise_p80 = models.FloatField(null=True)
    promise_by = models.CharField(max_length=60, blank=True, default="")
    suggested = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+")
    certainty = models.FloatField(null=True)
    chosen_by = models.CharField(max_length=12, default="reporter")
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True, default="")
    ending_reason = models.TextField(blank=True, default="")
    planned_on = models.DateField(null=True)
    given_to = models.ForeignKey(Owner, models.PROTECT, null=True, blank=True, related_name="+")
    reopened = models.PositiveSmallIntegerField(default=0)
    satisfied = models.BooleanField(null=True)
    satisfied_at = models.DateTimeField(null=True)
    followers_count = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    is_hidden = models.BooleanField(default=False)
    origin_hash = models.CharField(max_length=32, blank=True, default="")
    likeness = models.BigIntegerField(null=True)
    text_removed_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="report_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, ending="") | (Q(closed_at__isnull=False) & ~Q(ending="")),
                name="report_closed_with_an_ending",
            ),
            models.CheckConstraint(
                condition=~Q(ending="known-planned") | Q(planned_on__isnull=False), name="report_planned_has_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(ending="merged") | Q(merged_into__isnull=False), name="report_merged_into_another"
            ),
        ]
        indexes = [
            models.Index(fields=["cell", "-reported_at"], name="report_near"),
            models.Index(fields=["origin_hash", "-reported_at"], condition=~Q(origin_hash=""), name="report_origin"),
            models.Index(fields=["-reported_at", "-id"], name="report_newest"),
            models.Index(fields=["closed_at", "ending"], name="report_closed"),
            models.Index(fields=["category", "closed_at"], name="report_of_category"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class Photo(models.Model):
    """A photo with a report: the one that came in, for staff, and the one that others may see.

    sha256: drawn anew, without its EXIF; preview_sha256: small. public_sha256, public_preview_sha256: with faces and
    plates made unreadable, "" as long as that waits. state: "waiting" (nobody looked yet), "ready" (may be shown) or
    "hidden" (staff keep it inside). blurs: what was made unreadable, [x, y, width, height] as parts of the whole.
    """

    STATES = (("waiting", "waiting"), ("ready", "ready"), ("hidden", "hidden"))

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos")
    key = models.CharField(max_length=16, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    preview_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    public_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    public_preview_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=10, default="reporter")
    blurs = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "sha256"], name="photo_once_in_a_report"),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(public_sha256=""), name="photo_ready_has_a_public_form"
            ),
        ]


class Follower(models.Model):
    """Somebody else who has the same trouble and wants to hear about it: "me too".

    contact: sealed as "reports.contact", JSON with "email" or "phone"; None is without. person: who was logged in.
    key: what the secret of their link is made of.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="followers")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    contact = SealedField(about="reports.contact", null=True)
    language = models.CharField(max_length=2, default="nl")
    key = models.CharField(max_length=16, unique=True)
    secret_digest = models.CharField(max_length=64, unique=True)
    draft_key = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (empty would not be unique)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class Addition(models.Model):
    """Something said about a report later, by its reporter, somebody who follows it, or staff.

    text: sealed as "reports.text"; public_text: what others may read. follower: None is the reporter.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="additions")
    follower = models.ForeignKey(Follower, models.SET_NULL, null=True, blank=True, related_name="additions")
    kind = models.CharField(max_length=12, default="more")
    text = SealedField(about="reports.text", null=True)
    public_text = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Transfer(models.Model):
    """A report that was passed on to its owner outside, and what came of it.

    how: "open311", "email" or "phone" (the reporter was told whom to call). reference: what the owner calls it.
    key: sent along, so that trying again makes no second report there.
    """

    STATES = (("waiting", "waiting"), ("sent", "sent"), ("failed", "failed"))

    report = models.ForeignKey(Report, models.CASCADE, related_name="transfers")
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="transfers")
    how = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    key = models.CharField(max_length=32, unique=True)
    reference = models.CharField(max_length=100, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
