"""Teams: who does the work, inside the municipality or at a partner."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from plein.foundation.identity.models.staff import Partner
from plein.foundation.words import Text


class Team(models.Model):
    """A group of staff that work is given to; with a partner it stands outside the town hall."""

    key = models.SlugField(max_length=60, unique=True)
    title_nl = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    email = models.EmailField(blank=True, default="")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="teams")
    active = models.BooleanField(default=True)

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.title_nl, self.title_en)


class TeamMember(models.Model):
    """A member of staff who is in a team, from and until a moment."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "staff"], condition=Q(until=None), name="once_at_a_time_in_a_team"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="membership_ends_later"),
        ]
