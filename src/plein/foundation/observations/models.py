"""The entities of SensorThings 1.1, and the hot window of readings.

Times of readings are whole microseconds since 1970 (see times.py): the same integer in SQLite, PostgreSQL and the lake.
"""

from django.db import models


class Named(models.Model):
    """What every described entity has."""

    name = models.CharField(max_length=250)
    description = models.TextField(blank=True, default="")
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Location(Named):
    """Where things are or were; longitude and latitude are of its middle, for maps and lists."""

    encoding_type = models.CharField(max_length=100, default="application/geo+json")
    location = models.JSONField()
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)


class Thing(Named):
    """A measuring point."""

    locations = models.ManyToManyField(Location, related_name="things", blank=True)


class HistoricalLocation(models.Model):
    """Where a thing was from a moment on."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="historical_locations")
    time_us = models.BigIntegerField()
    locations = models.ManyToManyField(Location, related_name="historical_locations", blank=True)

    class Meta:
        indexes = [models.Index(fields=["thing", "time_us"])]


class Sensor(Named):
    """The instrument or method that measures."""

    encoding_type = models.CharField(max_length=100, default="application/pdf")
    metadata = models.JSONField(default=str, blank=True)


class ObservedProperty(Named):
    """What is measured; `definition` is the IRI that says exactly what is meant."""

    definition = models.CharField(max_length=500)

    class Meta:
        verbose_name_plural = "observed properties"


class FeatureOfInterest(Named):
    """What readings are about, most often the spot where the thing stands."""

    encoding_type = models.CharField(max_length=100, default="application/geo+json")
    feature = models.JSONField()

    class Meta:
        verbose_name_plural = "features of interest"


class Datastream(Named):
    """A series of readings of one property by one sensor at one thing, for one registered activity.

    feature: what readings without a feature of their own are about; feature_now: the same since the thing moved.
    """

    class Openness(models.TextChoices):
        OPEN = "open"
        SHARED = "shared"
        CLOSED = "closed"

    observation_type = models.CharField(
        max_length=250, default="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    )
    unit = models.JSONField(default=dict)
    observed_area = models.JSONField(null=True, blank=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(ObservedProperty, on_delete=models.CASCADE, related_name="datastreams")
    feature = models.ForeignKey(FeatureOfInterest, on_delete=models.SET_NULL, null=True, related_name="+")
    feature_now = models.ForeignKey(FeatureOfInterest, on_delete=models.SET_NULL, null=True, related_name="+")
    activity = models.CharField(max_length=100, blank=True, default="")
    openness = models.CharField(max_length=10, choices=Openness.choices, default=Openness.OPEN)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(openness__in=["open", "shared", "closed"]), name="datastream_openness"
            )
        ]


class Observation(models.Model):
    """A reading in the hot window; older ones are in the lake (see sealing.py). Written through writing.py only.

    result: NULL when it is not a number, which is then in `extra`. quality: a Quality mask. feature: NULL is the
    feature of the datastream. extra: JSON text with what is rare: result, until_us, parameters, validTime,
    resultQuality. change: 0 as it came, 1 corrected (wins from a sealed one), 2 withdrawn (hides a sealed one).
    The two indexes hold only what is rare, so they cost nothing where nobody says it.
    The table is keyed (datastream, time) and in SQLite kept in that order (WITHOUT ROWID, see the migration). These two
    stand first, in this order: else the quick_check of SQLite 3.40 calls a sound table damaged.
    """

    pk = models.CompositePrimaryKey("datastream_id", "time_us")
    datastream = models.ForeignKey(
        Datastream, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    time_us = models.BigIntegerField()
    result = models.FloatField(null=True)
    quality = models.IntegerField(db_default=0, default=0)
    result_time_us = models.BigIntegerField(null=True)
    feature_id = models.BigIntegerField(null=True)
    extra = models.TextField(null=True)  # noqa: DJ001 - NULL is the common case and costs nothing
    change = models.SmallIntegerField(db_default=0, default=0)

    class Meta:
        db_table = "observations_observation"
        indexes = [
            models.Index(
                fields=["datastream", "feature_id"],
                condition=models.Q(feature_id__isnull=False),
                name="observations_own_feature",
            ),
            models.Index(
                fields=["datastream", "result_time_us"],
                condition=models.Q(result_time_us__isnull=False),
                name="observations_result_time",
            ),
        ]
