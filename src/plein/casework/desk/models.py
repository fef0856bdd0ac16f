"""Lists of work that members of staff keep under a name."""

from django.conf import settings
from django.db import models

from plein.foundation.identity.models import Team


class SavedFilter(models.Model):
    """A choice of work under a name, of one member of staff or shared with a team.

    query: the filters as the address of the list writes them, without "?".
    """

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["staff", "name"], name="saved_filter_name_once")]
