"""Runs and schedules."""

from datetime import timedelta

from django.db import models
from django.db.models import Q


class JobRun(models.Model):
    """One piece of work: waiting, being done, or done, with how it went."""

    WAITING, RUNNING, DONE, DEAD, REFUSED, REPLACED = "waiting", "running", "done", "dead", "refused", "replaced"

    job = models.CharField(max_length=100)
    key = models.CharField(max_length=200, blank=True)
    arguments = models.JSONField(default=dict)
    queued_at = models.DateTimeField()
    run_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default=WAITING)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    progress = models.CharField(max_length=100, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "key"], condition=Q(outcome="waiting") & ~Q(key=""), name="one_waits_with_a_key"
            ),
            models.UniqueConstraint(
                fields=["job", "key"], condition=Q(outcome="running") & ~Q(key=""), name="one_runs_with_a_key"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "running", "done", "dead", "refused", "replaced"]),
                name="job_outcome_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], condition=Q(outcome="waiting"), name="jobs_that_wait"),
            models.Index(fields=["lease_until"], condition=Q(outcome="running"), name="jobs_that_run"),
            models.Index(fields=["-queued_at"], name="jobs_history"),
            models.Index(fields=["outcome", "ended_at"], name="jobs_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.outcome}"

    @property
    def duration(self) -> timedelta | None:
        """Tell how long the last attempt took; None while it waits or runs."""
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None


class Schedule(models.Model):
    """When a scheduled job is due next; one row per job, so that a missed moment is made up once."""

    job = models.CharField(max_length=100, unique=True)
    rhythm = models.CharField(max_length=50)
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.job} {self.rhythm}"
