"""Which teams may see and change which cases."""

from django.db import models
from django.db.models import Q

from plein.casework.cases.models.types import Vertrouwelijkheid
from plein.foundation.identity.models import Team


class Autorisatie(models.Model):
    """A right of a team on cases: of one type ("" is all), in one wijk or buurt ("" is all), up to a confidentiality.

    may: "read" or "write" (which includes reading).
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    zaaktype = models.CharField(max_length=50, blank=True, default="")
    area_code = models.CharField(max_length=10, blank=True, default="")
    max_vertrouwelijkheid = models.SmallIntegerField(choices=Vertrouwelijkheid)
    may = models.CharField(max_length=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "zaaktype", "area_code", "may"], name="autorisatie_once"),
            models.CheckConstraint(condition=Q(may__in=["read", "write"]), name="autorisatie_is_read_or_write"),
        ]
