"""The registers of activities and algorithms, agreements, the processing log, and what was refused and used."""

from functools import cached_property
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from plein.foundation.gate.definitions import activity_from, algorithm_from
from plein.foundation.identity.models import Partner
from plein.foundation.rooms import Activity, Algorithm


class ProcessingActivity(models.Model):
    """One version of an activity in the register (AVG art. 30). At most one version of a key is active.

    uid: the same for all versions of a key. definition: the sign's Activity as JSON. ends_on: the last day it holds,
    unless it is reviewed before. proposed_by, decided_by: `Actor.uri`.
    """

    STATES: ClassVar = [("proposed", "proposed"), ("active", "active"), ("ended", "ended"), ("rejected", "rejected")]

    uid = models.UUIDField(db_index=True)
    key = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=STATES)
    room = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=10, default="sign")
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    has_persons = models.BooleanField()
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    ends_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="activity_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="active"), name="one_active_version"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(decided_at__isnull=False, ends_on__isnull=False),
                name="active_was_decided_and_ends",
            ),
        ]

    @cached_property
    def activity(self) -> Activity:
        """Give what was registered, as the sign wrote it."""
        return activity_from(self.definition)


class Agreement(models.Model):
    """Lets a partner, or our own staff for a product that a partner shares with us, use a shared product.

    starts_on and ends_on: first and last day. It counts once the privacy officer approved it; reason: why not, or
    why it ended.
    """

    STATES: ClassVar = [("proposed", "proposed"), ("active", "active"), ("ended", "ended"), ("rejected", "rejected")]

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    product = models.CharField(max_length=100)
    activity = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()
    document = models.CharField(max_length=500, blank=True, default="")
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default="proposed")
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_at__isnull=False), name="agreement_was_decided"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="agreement_ends_after_start"),
        ]


class LogLines(models.QuerySet["LogRecord"]):
    """Lines of the log: they are read and added, nothing else."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: lines stay as they are."""
        raise TypeError("log lines are never altered")

    def delete(self) -> NoReturn:
        """Refuse: lines go only when their retention has ended, all at once (see gate.keeping)."""
        raise TypeError("log lines are never deleted one by one")


class LogRecord(models.Model):
    """One action in the processing log, as Logboek Dataverwerkingen describes it.

    number: place in the chain, without gaps. kind: "action", or "anchor" for the line that says which older lines were
    cut off. start_ms, end_ms: milliseconds since 1970. attributes: the `dpl.` names of the standard. hash: SHA-256 of
    `previous` and the content (see rules.line_hash).
    """

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, default="action")
    trace_id = models.CharField(max_length=32, db_index=True)
    span_id = models.CharField(max_length=16)
    parent_span_id = models.CharField(max_length=16, blank=True, default="")
    status = models.CharField(max_length=5)
    name = models.CharField(max_length=200)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    activity = models.CharField(max_length=100, db_index=True)
    subject_id = models.CharField(max_length=64, blank=True, default="", db_index=True)
    resource = models.JSONField()
    attributes = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = LogLines.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trace_id", "span_id"], name="one_line_per_action"),
            models.CheckConstraint(condition=Q(status__in=["Unset", "Ok", "Error"]), name="log_status_known"),
            models.CheckConstraint(condition=~Q(name=""), name="log_name_not_empty"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add a line; an old one stays as it is."""
        if not self._state.adding:
            raise TypeError("log lines are never altered")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: lines go only when their retention has ended, all at once (see gate.keeping)."""
        raise TypeError("log lines are never deleted one by one")


class LogIntake(models.Model):
    """One action that is committed and waits to be chained into the log (see intake.py).

    action: JSON of what happened and of its audit line; seal: HMAC over the rest under the log's key. The database
    refuses to alter a row, and to delete one that is not in the log.
    """

    trace_id = models.CharField(max_length=32)
    span_id = models.CharField(max_length=16)
    action = models.TextField()
    seal = models.CharField(max_length=64)


class LogHead(models.Model):
    """The end of the chain: one row, locked by whoever adds a line."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class LogCut(models.Model):
    """Where old lines were cut off, when their retention had ended: all up to and with `number` are gone.

    hash: of the last line that went, so that the chain goes on from it. Only a row here lets the database delete.
    """

    number = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    newest_ms = models.BigIntegerField()
    cut_at = models.DateTimeField()


class Refusal(models.Model):
    """Somebody asked for data and was refused.

    actor: `Actor.uri`; code, message and facts: of the refusal, to say it in the language of whoever reads it.
    """

    at = models.DateTimeField(db_index=True)
    product = models.CharField(max_length=200, db_index=True)
    activity = models.CharField(max_length=100)
    actor = models.CharField(max_length=200)
    code = models.CharField(max_length=40)
    message = models.TextField()
    facts = models.JSONField(default=dict)
    trace_id = models.CharField(max_length=32)

    @property
    def words(self) -> str:
        """Say why, in the language at hand."""
        return gettext(self.message).format(**self.facts)


class Usage(models.Model):
    """How often a product was read for an activity on a day, by what kind of actor, and how many rows went out."""

    day = models.DateField()
    product = models.CharField(max_length=100)
    activity = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=20)
    reads = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "activity", "day", "actor_kind"], name="one_usage_per_day"),
        ]


class SmallNumbers(models.Model):
    """Which counts of a published version are hidden, decided once (see masks.py), and what the next version must know.

    rule: digest of what the contract said. state: compressed JSON; cells and values in it are keyed hashes. It stays
    when the version is gone, so that what was shown then is not worked out from what is shown later.
    """

    product = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=64)
    state = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "number", "rule"], name="small_numbers_decided_once"),
        ]


class TakenUp(models.Model):
    """A file of notes that is in the database already, until the file itself is gone (see spool.py)."""

    name = models.CharField(max_length=120, primary_key=True)


class RegisteredAlgorithm(models.Model):
    """One version of an algorithm in the register. At most one version of a key holds: it is active or stopped.

    uid: the same for all versions of a key. definition: the sign's Algorithm as JSON. ends_on: the last day it holds,
    unless it is reviewed before. stopped_at, reason: since when it is off, and why. proposed_by, decided_by,
    stopped_by: `Actor.uri`.
    """

    STATES: ClassVar = [
        ("proposed", "proposed"),
        ("active", "active"),
        ("stopped", "stopped"),
        ("ended", "ended"),
        ("rejected", "rejected"),
    ]

    uid = models.UUIDField(db_index=True)
    key = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=STATES)
    room = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=10, default="sign")
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    ends_on = models.DateField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="algorithm_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["active", "stopped"]), name="one_algorithm_version_holds"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "stopped"]) | Q(decided_at__isnull=False, ends_on__isnull=False),
                name="algorithm_was_decided_and_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(stopped_at__isnull=False), name="algorithm_stopped_at_a_time"
            ),
        ]

    @cached_property
    def algorithm(self) -> Algorithm:
        """Give what was registered, as the sign wrote it."""
        return algorithm_from(self.definition)


class TrainedVersion(models.Model):
    """What an algorithm learned at one moment, how well it did on what was held back, and the weights themselves.

    algorithm: its key. number: counts up per key. learned_from: counts and dates, in words. quality: as
    `trained.Quality.as_json` writes it. content: the weights, in the room's own format. At most one is in use.
    """

    algorithm = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=200)
    program = models.CharField(max_length=40)
    learned_from = models.JSONField()
    quality = models.JSONField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["algorithm", "number"], name="trained_version_once"),
            models.UniqueConstraint(fields=["algorithm"], condition=Q(in_use=True), name="one_trained_version_in_use"),
        ]
