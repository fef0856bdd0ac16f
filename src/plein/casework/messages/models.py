"""Texts that staff write, messages that were sent, how each goes out, and how people want to be reached."""

import uuid

from django.db import models
from django.db.models import Q

from plein.casework.cases.models import Zaak
from plein.foundation.identity.models import Person
from plein.foundation.identity.sealed import SealedField
from plein.foundation.words import Text, gettext_noop

CONTENT, TO, EMAIL, PHONE, POSTAL = (f"messages.{name}" for name in ("content", "to", "email", "phone", "postal"))
"""What the sealed columns are sealed as."""


class MessageTemplate(models.Model):
    """One version of a text, in Dutch and English.

    key: the same for all versions. content: title, short and blocks (see rules/content.py); facts: what a sender must
    give. is_private: by e-mail or SMS somebody with an inbox only hears that there is a message. shipped: hash of what
    Plein brought, "" for staff's own text. state: "draft", "published" or "replaced".
    """

    DRAFT, PUBLISHED, REPLACED = "draft", "published", "replaced"
    STATES = ((DRAFT, gettext_noop("Draft")), (PUBLISHED, gettext_noop("In use")), (REPLACED, gettext_noop("Replaced")))

    key = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    about_nl = models.CharField(max_length=120)
    about_en = models.CharField(max_length=120)
    content = models.JSONField()
    facts = models.JSONField(default=list)
    is_private = models.BooleanField(default=False)
    shipped = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="template_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="published"), name="template_published_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="draft"), name="template_draft_once"),
        ]

    @property
    def about(self) -> Text:
        """Tell in both languages when this text is sent."""
        return Text(self.about_nl, self.about_en)


class Message(models.Model):
    """What somebody was told, as it was said; all forms are made of it.

    content: sealed JSON {"title", "short", "blocks", "name", "reference"}; in_inbox: the person finds it in Mijn Plein.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    template = models.ForeignKey(MessageTemplate, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    zaak = models.ForeignKey(Zaak, models.CASCADE, null=True, related_name="messages")
    language = models.CharField(max_length=2)
    content = SealedField(about=CONTENT)
    is_private = models.BooleanField(default=False)
    in_inbox = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(in_inbox=True), name="message_inbox"),
            models.Index(fields=["created_at"], condition=Q(zaak=None), name="message_without_case"),
        ]


class LetterBatch(models.Model):
    """Letters that were printed together."""

    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    posted_at = models.DateTimeField(null=True)


class Dispatch(models.Model):
    """One way that a message goes out.

    uuid: the reference that mail servers and the SMS provider get, the same at every attempt. to: sealed address, the
    lines of a postal one split by line breaks. state, phase and attempts are written before anything is sent, see
    docs/understand/messages.md. phase: "opening" (surely not sent yet) or "handed" (the content was on its way).
    failure: a code of FAILURES; answer: what the other side said, without the address. lease_until: until when the
    attempt that goes on is believed in. base, since: attempts made before staff had it tried anew, and when that was.
    batch: of a letter. note: what staff wrote down.
    """

    WAITING, SENDING, PRINTING, SENT, PERHAPS, GIVEN_UP, REPLACED = (
        "waiting",
        "sending",
        "printing",
        "sent",
        "perhaps",
        "given-up",
        "replaced",
    )
    STATES = (
        (WAITING, gettext_noop("Waiting")),
        (SENDING, gettext_noop("Being sent")),
        (PRINTING, gettext_noop("Being printed")),
        (SENT, gettext_noop("Sent")),
        (PERHAPS, gettext_noop("Perhaps sent")),
        (GIVEN_UP, gettext_noop("Not sent")),
        (REPLACED, gettext_noop("Sent another way")),
    )
    OPENING, HANDED = "opening", "handed"
    CHANNELS = (
        ("email", gettext_noop("E-mail")),
        ("sms", gettext_noop("SMS")),
        ("letter", gettext_noop("Letter")),
        ("phone", gettext_noop("Phone")),
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=10, choices=CHANNELS)
    in_pictures = models.BooleanField(default=False)
    is_notice = models.BooleanField(default=False)
    to = SealedField(about=TO)
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    phase = models.CharField(max_length=10, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    base = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    failure = models.CharField(max_length=30, blank=True, default="")
    answer = models.CharField(max_length=300, blank=True, default="")
    provider_reference = models.CharField(max_length=100, blank=True, default="")
    note = models.TextField(blank=True, default="")
    batch = models.ForeignKey(LetterBatch, models.SET_NULL, null=True, related_name="dispatches")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "dispatches"
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="dispatch_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="dispatch_lease"),
            models.Index(fields=["state", "-id"], name="dispatch_by_state"),
        ]


class Preference(models.Model):
    """How a person wants to be reached. channels: in order, "inbox" among them; email only once it was confirmed."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    language = models.CharField(max_length=2, default="nl")
    channels = models.JSONField(default=list)
    in_pictures = models.BooleanField(default=False)
    email = SealedField(about=EMAIL, null=True)
    phone = SealedField(about=PHONE, null=True)
    postal = SealedField(about=POSTAL, null=True)
    changed_at = models.DateTimeField()


class EmailCheck(models.Model):
    """A code that was sent to an address, to see whether it is the person's own. code_hash: keyed hash of the code."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    email = SealedField(about=EMAIL)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
