"""Areas of the country and lines for the map's background."""

from django.db import models


class Area(models.Model):
    """A gemeente, wijk or buurt with its border.

    geometry: GeoJSON geometry text, WGS84, Polygon or MultiPolygon. lon, lat: a point that lies inside.
    year: of the border, as CBS numbers its yearly areas.
    """

    KINDS = [("gemeente", "gemeente"), ("wijk", "wijk"), ("buurt", "buurt")]

    code = models.CharField(max_length=10, primary_key=True)
    kind = models.CharField(max_length=8, choices=KINDS)
    name = models.CharField(max_length=100)
    parent_code = models.CharField(max_length=10, blank=True)
    gemeente_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    geometry = models.TextField()
    lon = models.FloatField()
    lat = models.FloatField()
    area_km2 = models.FloatField()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "gemeente_code"], name="geo_area_kind_gemeente")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["gemeente", "wijk", "buurt"]), name="geo_area_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="geo_area_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class MapFeature(models.Model):
    """A line or shape on the background of our own map: water, a road, a park. Nothing is decided by it."""

    KINDS = [("water", "water"), ("road", "road"), ("park", "park")]

    gemeente_code = models.CharField(max_length=6, db_index=True)
    kind = models.CharField(max_length=8, choices=KINDS)
    name = models.CharField(max_length=100)
    geometry = models.TextField()

    class Meta:
        ordering = ["gemeente_code", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["gemeente_code", "kind", "name"], name="geo_mapfeature_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class Address(models.Model):
    """A house, to find a place by its street and number and to name a place after the nearest one.

    key: the number of the register (BAG nummeraanduiding), or one's own. search: "lindelaan 12", by_postcode:
    "1234ab 12", both in lower case without accents.
    """

    key = models.CharField(max_length=40, unique=True)
    gemeente_code = models.CharField(max_length=6, db_index=True)
    street = models.CharField(max_length=100)
    number = models.CharField(max_length=12)
    postcode = models.CharField(max_length=6, blank=True)
    buurt_code = models.CharField(max_length=10, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    search = models.CharField(max_length=120, db_index=True)
    by_postcode = models.CharField(max_length=24, db_index=True)

    class Meta:
        ordering = ["street", "id"]
        indexes = [models.Index(fields=["lat", "lon"], name="geo_address_place")]

    def __str__(self) -> str:
        return f"{self.street} {self.number}"


class GeoState(models.Model):
    """One row: which municipality this Plein is for, and a stamp that is new after every change of areas.

    The stamp is random, not a count: a count comes back after a rollback or a restore, and caches would believe it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=16, blank=True)
    home_code = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="geo_state_is_one_row")]

    def __str__(self) -> str:
        return f"{self.home_code} at {self.stamp}"
