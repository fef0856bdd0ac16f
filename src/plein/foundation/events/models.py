"""The outbox, the ledger of deliveries and the subscriptions from outside."""

from uuid import uuid4

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """An event in the outbox. `sequence` is given after the commit, in one unbroken row without gaps."""

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid4, unique=True)
    sequence = models.BigIntegerField(null=True, unique=True)
    type = models.CharField(max_length=150)
    subject = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    outward = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(sequence__isnull=True), name="messages_without_number"),
            models.Index(fields=["recorded_at"], name="messages_by_moment"),
            models.Index(fields=["type", "sequence"], name="messages_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence or '-'} {self.type}"


class Counter(models.Model):
    """The last sequence number given; its one row is the lock of whoever numbers."""

    last = models.BigIntegerField(default=0)


class Subscription(models.Model):
    """Somebody outside who wants to be told. `secret` is encrypted; types: event types, empty is all of them."""

    title = models.CharField(max_length=100)
    url = models.URLField(max_length=500)
    secret = models.TextField()
    types = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    why_stopped = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """The ledger: one event for one listener in the house or one subscription outside it."""

    WAITING, DONE, DEAD, DROPPED = "waiting", "done", "dead", "dropped"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=250)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True)
    subject = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default=WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "listener"], name="delivered_once_to_each"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "dead", "dropped"]), name="delivery_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="deliveries_that_wait"),
            models.Index(
                fields=["listener", "subject", "message"], condition=Q(state="waiting"), name="deliveries_in_order"
            ),
            models.Index(fields=["state", "-message"], name="deliveries_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.listener} {self.state}"
