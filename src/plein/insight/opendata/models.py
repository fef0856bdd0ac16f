"""What visitors ask and make: requests for data, and things others made with it. No names, no addresses."""

from typing import ClassVar

from django.db import models


class DataRequest(models.Model):
    """A request for data. The reference number is the only way to find it back, so nobody need say who they are.

    product: key of the product it is about, or "". state: where it stands; answer: what the data steward wrote.
    """

    STATES: ClassVar = [("new", "new"), ("looking", "looking"), ("answered", "answered"), ("declined", "declined")]

    reference = models.CharField(max_length=12, unique=True)
    wanted = models.TextField(max_length=2000)
    purpose = models.TextField(max_length=1000, blank=True)
    product = models.CharField(max_length=120, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=STATES, default="new", db_index=True)
    answer = models.TextField(max_length=4000, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["answered", "declined"]) | ~models.Q(answer=""),
                name="opendata_request_end_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Reuse(models.Model):
    """Something that others made with the data; shown after the data steward looked at it."""

    STATES: ClassVar = [("new", "new"), ("shown", "shown"), ("declined", "declined")]

    reference = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=120)
    link = models.URLField(max_length=400)
    text = models.TextField(max_length=1000)
    maker = models.CharField(max_length=120, blank=True)
    product = models.CharField(max_length=120, db_index=True)
    state = models.CharField(max_length=10, choices=STATES, default="new", db_index=True)
    sent_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return self.title
