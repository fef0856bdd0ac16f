"""Types of cases: versions that hold for a time, with their statuses, results, roles, documents and decisions."""

from django.db import models
from django.db.models import F, Q

from plein.foundation.words import Text


class Vertrouwelijkheid(models.IntegerChoices):
    """How confidential something is (ZGW vertrouwelijkheidaanduiding), as a rank so that SQL can compare."""

    OPENBAAR = 1, "openbaar"
    BEPERKT_OPENBAAR = 2, "beperkt_openbaar"
    INTERN = 3, "intern"
    ZAAKVERTROUWELIJK = 4, "zaakvertrouwelijk"
    VERTROUWELIJK = 5, "vertrouwelijk"
    CONFIDENTIEEL = 6, "confidentieel"
    GEHEIM = 7, "geheim"
    ZEER_GEHEIM = 8, "zeer_geheim"


class Archiefnominatie(models.TextChoices):
    """Whether something is kept for ever or destroyed (ZGW archiefnominatie)."""

    BLIJVEND_BEWAREN = "blijvend_bewaren", "blijvend bewaren"
    VERNIETIGEN = "vernietigen", "vernietigen"


class Zaaktype(models.Model):
    """One version of a type of case.

    identificatie: the same for all versions. activity: the processing activity under which its cases are read.
    doorlooptijd: the legal or promised term in days, working days when in_werkdagen; servicenorm: what we aim for.
    einde_geldigheid: exclusive; None while it holds. concept: not for new cases yet.
    """

    identificatie = models.SlugField(max_length=50)
    versie = models.PositiveIntegerField()
    omschrijving = models.CharField(max_length=80)
    omschrijving_en = models.CharField(max_length=80)
    doel = models.TextField(blank=True, default="")
    aanleiding = models.TextField(blank=True, default="")
    activity = models.CharField(max_length=100)
    vertrouwelijkheid = models.SmallIntegerField(choices=Vertrouwelijkheid, default=Vertrouwelijkheid.ZAAKVERTROUWELIJK)
    doorlooptijd = models.PositiveSmallIntegerField(null=True)
    servicenorm = models.PositiveSmallIntegerField(null=True)
    in_werkdagen = models.BooleanField(default=False)
    verlengingstermijn = models.PositiveSmallIntegerField(null=True)
    opschorting_mogelijk = models.BooleanField(default=False)
    selectielijst_procestype = models.CharField(max_length=20, blank=True, default="")
    begin_geldigheid = models.DateField()
    einde_geldigheid = models.DateField(null=True)
    concept = models.BooleanField(default=True)

    class Meta:
        ordering = ["identificatie", "versie"]
        constraints = [
            models.UniqueConstraint(fields=["identificatie", "versie"], name="zaaktype_version_once"),
            models.CheckConstraint(
                condition=Q(einde_geldigheid=None) | Q(einde_geldigheid__gt=F("begin_geldigheid")),
                name="zaaktype_ends_after_begin",
            ),
        ]

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.omschrijving, self.omschrijving_en)


class Statustype(models.Model):
    """A stage of a type of case; statustekst: what the person in the case reads, nl and en."""

    zaaktype = models.ForeignKey(Zaaktype, models.CASCADE, related_name="statustypen")
    key = models.SlugField(max_length=50)
    volgnummer = models.PositiveSmallIntegerField()
    omschrijving = models.CharField(max_length=80)
    omschrijving_en = models.CharField(max_length=80)
    statustekst = models.TextField(blank=True, default="")
    statustekst_en = models.TextField(blank=True, default="")
    informeren = models.BooleanField(default=True)
    is_eindstatus = models.BooleanField(default=False)

    class Meta:
        ordering = ["zaaktype", "volgnummer"]
        constraints = [
            models.UniqueConstraint(fields=["zaaktype", "volgnummer"], name="statustype_number_once"),
            models.UniqueConstraint(fields=["zaaktype", "key"], name="statustype_key_once"),
        ]

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.omschrijving, self.omschrijving_en)


class Resultaattype(models.Model):
    """A way in which a case can end, and what happens to its file afterwards.

    archiefactietermijn: months after the brondatum, found by the afleidingswijze (rules.zgw); procestermijn: months
    after the end, for afleidingswijze "termijn"; selectielijstklasse: of the Selectielijst gemeenten 2020.
    """

    zaaktype = models.ForeignKey(Zaaktype, models.CASCADE, related_name="resultaattypen")
    key = models.SlugField(max_length=50)
    omschrijving = models.CharField(max_length=80)
    omschrijving_en = models.CharField(max_length=80)
    omschrijving_generiek = models.CharField(max_length=20, default="Afgehandeld")
    selectielijstklasse = models.CharField(max_length=20, blank=True, default="")
    archiefnominatie = models.CharField(max_length=20, choices=Archiefnominatie)
    archiefactietermijn = models.PositiveSmallIntegerField(null=True)
    afleidingswijze = models.CharField(max_length=30, default="afgehandeld")
    procestermijn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zaaktype", "key"], name="resultaattype_key_once")]

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.omschrijving, self.omschrijving_en)


class Roltype(models.Model):
    """A role that somebody can have in a case; omschrijving_generiek as the ZGW standard lists them."""

    zaaktype = models.ForeignKey(Zaaktype, models.CASCADE, related_name="roltypen")
    key = models.SlugField(max_length=50)
    omschrijving = models.CharField(max_length=80)
    omschrijving_en = models.CharField(max_length=80)
    omschrijving_generiek = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zaaktype", "key"], name="roltype_key_once")]

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.omschrijving, self.omschrijving_en)


class Informatieobjecttype(models.Model):
    """A kind of document in a type of case."""

    zaaktype = models.ForeignKey(Zaaktype, models.CASCADE, related_name="informatieobjecttypen")
    key = models.SlugField(max_length=50)
    omschrijving = models.CharField(max_length=80)
    omschrijving_en = models.CharField(max_length=80)
    richting = models.CharField(max_length=10, default="inkomend")
    vertrouwelijkheid = models.SmallIntegerField(choices=Vertrouwelijkheid, default=Vertrouwelijkheid.ZAAKVERTROUWELIJK)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zaaktype", "key"], name="informatieobjecttype_key_once")]

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.omschrijving, self.omschrijving_en)


class Besluittype(models.Model):
    """A kind of decision in a type of case; reactietermijn: days in which somebody can object."""

    zaaktype = models.ForeignKey(Zaaktype, models.CASCADE, related_name="besluittypen")
    key = models.SlugField(max_length=50)
    omschrijving = models.CharField(max_length=80)
    omschrijving_en = models.CharField(max_length=80)
    reactietermijn = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zaaktype", "key"], name="besluittype_key_once")]

    @property
    def title(self) -> Text:
        """Give the name in both languages."""
        return Text(self.omschrijving, self.omschrijving_en)
