"""Forms with their versions, drafts of people who are filling one in, what was sent, and how questions do."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from plein.casework.cases.models import Zaak
from plein.foundation.identity.models import Person
from plein.foundation.identity.sealed import SealedField

ABOUT_DRAFT, ABOUT_ANSWERS = "forms.draft", "forms.answers"


class Form(models.Model):
    """A form that exists under a key in all its versions. is_open: people can start it now."""

    key = models.SlugField(max_length=50, unique=True)
    is_open = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]

    @property
    def published(self) -> "FormVersion | None":
        """Give the version that is filled in now."""
        return self.versions.filter(state=FormVersion.PUBLISHED).order_by("-number").first()


class FormVersion(models.Model):
    """One version of a form. definition: JSON as rules.definition reads it.

    state: "draft" (at most one, being made), "published" (the newest is filled in, older ones are finished by who began
    with them). paper_*: the PDF to fill in by hand, per language, made after publishing.
    """

    DRAFT, PUBLISHED = "draft", "published"
    STATES = [(DRAFT, DRAFT), (PUBLISHED, PUBLISHED)]

    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    definition = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True)
    paper_nl_sha256 = models.CharField(max_length=64, blank=True, default="")
    paper_en_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["form", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="formversion_number_once"),
            models.UniqueConstraint(fields=["form"], condition=Q(state="draft"), name="formversion_one_draft"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | Q(state="published", published_at__isnull=False),
                name="formversion_published_has_moment",
            ),
        ]


class Draft(models.Model):
    """A form that somebody is filling in; gone when it expires or is wiped, emptied when it is sent.

    owner_hash: SHA-256 of a secret in the session of the browser. content: sealed JSON {"fields", "done", "counted"}.
    resume_hash: SHA-256 of the secret in the link to go on later. person: who is logged in, or at the counter who it is
    for. helper: who helps at the counter. channel: "web", "phone", "desk" or "paper". reference: of what was sent.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="drafts")
    owner_hash = models.CharField(max_length=64, db_index=True)
    content = SealedField(about=ABOUT_DRAFT, null=True)
    step = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=2, default="nl")
    channel = models.CharField(max_length=10, default="web")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    resume_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (empty would not be unique)
    resume_until = models.DateTimeField(null=True)
    reference = models.CharField(max_length=60, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(content=None) & ~Q(reference=""), name="draft_sent_is_empty"
            ),
        ]


class Submission(models.Model):
    """What somebody sent: the answers, sealed, with the version of the form that asked them.

    uuid: that of its draft, so that one draft is sent once. answers: sealed JSON {"answers", "files"}; files: by token
    the name and SHA-256. zaak: the case it opened; None when a room took it. It goes when its case goes.
    """

    uuid = models.UUIDField(unique=True)
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="submissions")
    zaak = models.ForeignKey(Zaak, models.CASCADE, null=True, related_name="submissions")
    reference = models.CharField(max_length=60, db_index=True)
    answers = SealedField(about=ABOUT_ANSWERS)
    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=10)
    helped_by = models.CharField(max_length=200, blank=True, default="")
    sent_at = models.DateTimeField()


class QuestionDay(models.Model):
    """How often something happened to a question of a version on a day; a count, and never about anybody.

    question: key of a question, "step:KEY" of a step, or "" for the form as a whole. what: "started", "sent", "shown",
    "answered", "left", "clear", "unclear" or "wrong:KIND".
    """

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="days")
    question = models.CharField(max_length=100, blank=True, default="")
    what = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "question", "what", "day"], name="questionday_once"),
        ]


class Remark(models.Model):
    """What somebody wrote about a question that was not clear, without numbers and addresses; a day, and no moment."""

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="remarks")
    question = models.CharField(max_length=40)
    day = models.DateField()
    text = models.CharField(max_length=500)
    language = models.CharField(max_length=2)

    class Meta:
        ordering = ["-day", "-pk"]


class Upload(models.Model):
    """A file that somebody sent, cleaned, that waits for its form to be sent.

    token: what a page holds of it, 256 random bits. owner: whose page: "draft:..." or what a room calls its own.
    name: as the sender called it, made safe. lon, lat: where a photo says it was taken, offered to the sender once; in
    the file itself it is erased. expires_at: when it goes, unless its form was sent before.
    """

    token = models.CharField(max_length=64, unique=True)
    owner = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    preview_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="upload_on_earth",
            ),
        ]
