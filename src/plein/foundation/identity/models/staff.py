"""Staff, their roles, partners, API tokens, and the audit lines of what was changed about them."""

from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class Staff(AbstractUser):
    """A member of staff.

    is_demo: exists only in the demo town; cannot log in once this Plein belongs to a real municipality.
    """

    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = "staff member"

    @property
    def display_name(self) -> str:
        """Give the name as pages show it."""
        return self.get_full_name() or self.username


class RoleGrant(models.Model):
    """A role that a member of staff has, from and until a moment; `role` is a key from `identity.roles`."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=60)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "role"], condition=Q(until=None), name="one_open_grant_per_role"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="grant_ends_after_start"),
        ]


class StaffLink(models.Model):
    """A member of staff's login at the municipality's own provider, linked by an administrator.

    subject: the provider's number, known from the first login with `email` on; "" until then.
    """

    staff = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="link")
    issuer = models.CharField(max_length=300)
    email = models.EmailField()
    subject = models.CharField(max_length=255, blank=True, default="")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=~Q(subject=""), name="subject_is_one_staff"
            ),
            models.UniqueConstraint(
                fields=["issuer", "email"], condition=Q(subject=""), name="one_link_waits_for_an_address"
            ),
        ]


class Partner(models.Model):
    """An organisation that Plein shares data with; it comes in by API token only."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    oin = models.CharField(max_length=20, blank=True, default="")
    active = models.BooleanField(default=True)


class ApiToken(models.Model):
    """A key for machines: only its SHA-256 is kept (the secret is 256 random bits), shown once when made.

    scopes: rights it is narrowed to. start: first characters, to recognise it by.
    """

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="tokens")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="tokens")
    name = models.CharField(max_length=100)
    start = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(staff=None, partner__isnull=False) | Q(staff__isnull=False, partner=None),
                name="token_has_one_holder",
            ),
        ]


class AuditLine(models.Model):
    """Who changed what, written in the transaction of the change; never altered.

    actor: `Actor.uri`; action: `identity.create-staff`; subject: `staff:12`; facts: what else matters, no payload.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=200, db_index=True)
    trace_id = models.CharField(max_length=32)
    facts = models.JSONField(default=dict)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line; an old one stays as it is."""
        if self.pk is not None:
            self.delete()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: lines stay."""
        raise TypeError("audit lines are never altered or deleted")


class CacheEntry(models.Model):
    """A line of Django's database cache, in which attempts to log in are counted; only Django reads and writes it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "plein_cache"


class Stamp(models.Model):
    """A number that goes up at each change of something that processes keep a copy of (see stamps.py)."""

    name = models.CharField(max_length=60, primary_key=True)
    number = models.BigIntegerField(default=0)
