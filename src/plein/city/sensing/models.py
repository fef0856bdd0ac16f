"""What this room knows about measuring points beyond SensorThings: kind, owner, quantity, ailments and alerts."""

from django.db import models
from django.db.models import Q

from plein.foundation.observations.models import Datastream, Thing


class Station(models.Model):
    """A measuring point. code: its name at the source, the same at every load; distance_km: to the municipality."""

    thing = models.OneToOneField(Thing, on_delete=models.CASCADE, related_name="station")
    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10)
    theme = models.CharField(max_length=10)
    owner = models.CharField(max_length=150)
    source = models.CharField(max_length=150, blank=True)
    source_url = models.URLField(max_length=300, blank=True)
    licence = models.CharField(max_length=50, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    place_is_valid = models.BooleanField(default=True)
    buurt_code = models.CharField(max_length=10, blank=True, db_index=True)
    distance_km = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["reference", "citizen", "own", "weather"]), name="station_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(theme__in=["air", "noise", "traffic", "weather"]), name="station_theme_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Stream(models.Model):
    """What a datastream measures, as one of the known quantities.

    judged_until_us: how far its readings are judged. first_us, last_us, last_value, last_quality: kept here so that
    maps and lists need no look-up per point.
    """

    datastream = models.OneToOneField(Datastream, on_delete=models.CASCADE, related_name="stream")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="streams")
    quantity = models.CharField(max_length=20)
    judged_until_us = models.BigIntegerField(default=0)
    first_us = models.BigIntegerField(null=True)
    last_us = models.BigIntegerField(null=True)
    last_value = models.FloatField(null=True)
    last_quality = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["quantity", "station"], name="streams_by_quantity")]

    def __str__(self) -> str:
        return f"{self.quantity} at {self.station_id}"


class DayMean(models.Model):
    """What a day measured at a stream (see rules.means.Day), as published; kept so that pages need no lake."""

    pk = models.CompositePrimaryKey("stream_id", "day")
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    mean = models.FloatField(null=True)
    highest_hour = models.FloatField(null=True)
    hours = models.PositiveSmallIntegerField()
    hours_over = models.PositiveSmallIntegerField(default=0)
    highest_8h = models.FloatField(null=True)
    level_day = models.FloatField(null=True)
    level_evening = models.FloatField(null=True)
    level_night = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.stream_id} {self.day}"


class Ailment(models.Model):
    """Something wrong with a sensor, from the day it showed until it was over or looked after."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="ailments")
    kind = models.CharField(max_length=20)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    share = models.FloatField(default=0.0)
    note = models.TextField(blank=True)
    noted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "kind"], condition=Q(ended_at__isnull=True), name="one_open_ailment_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.stream_id}"


class Alert(models.Model):
    """A warning: sensors near each other measured too much, from raised_at until ended_at."""

    quantity = models.CharField(max_length=20)
    hours = models.PositiveSmallIntegerField()
    limit = models.FloatField()
    highest = models.FloatField()
    lon = models.FloatField()
    lat = models.FloatField()
    buurt_code = models.CharField(max_length=10, blank=True)
    stations = models.JSONField(default=list)
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["-raised_at"], name="alerts_newest_first")]

    def __str__(self) -> str:
        return f"{self.quantity} over {self.limit} at {self.raised_at}"
