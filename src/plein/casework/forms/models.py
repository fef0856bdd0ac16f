"""Files that people sent with a form, before they become documents."""

from django.db import models
from django.db.models import Q


class Upload(models.Model):
    """A file that somebody sent, cleaned, that waits for its form to be sent.

    token: what a page holds of it, 256 random bits. owner: whose page: "draft:..." or what a room calls its own.
    name: as the sender called it, made safe. lon, lat: where a photo says it was taken, offered to the sender once; in
    the file itself it is erased. expires_at: when it goes, unless its form was sent before.
    """

    token = models.CharField(max_length=64, unique=True)
    owner = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    preview_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="upload_on_earth",
            ),
        ]
