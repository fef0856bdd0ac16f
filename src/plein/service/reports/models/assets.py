"""The things in the street that a report can be about."""

from django.db import models

from plein.foundation.words import Text
from plein.service.reports.models.categories import Owner


class Asset(models.Model):
    """A thing in public space: a lamp post, bin, bench or tree.

    key: what stands on its sticker and in its QR code, unique over all kinds. owner: None is ours.
    cell: its H3 cell at resolution 10 (about 75 m across).
    """

    key = models.SlugField(max_length=60, unique=True)
    kind = models.SlugField(max_length=40)
    title_nl = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True, default="")
    lon = models.FloatField()
    lat = models.FloatField()
    buurt_code = models.CharField(max_length=10, blank=True, default="")
    cell = models.CharField(max_length=16, db_index=True)
    owner = models.ForeignKey(Owner, models.SET_NULL, null=True, blank=True, related_name="assets")
    facts = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="asset_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_nl} ({self.key})"

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.title_nl, self.title_en or self.title_nl)
