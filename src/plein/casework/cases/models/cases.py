"""Cases: what was asked or started, who is in it, how it stands, what was decided, and everything that happened."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from plein.casework.cases.models.types import (
    Archiefnominatie,
    Besluittype,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Vertrouwelijkheid,
    Zaaktype,
)
from plein.foundation.identity.models import Person, Team
from plein.foundation.identity.sealed import SealedField

ABOUT_CONTACT = "cases.contact"
NO_DAY = date(9999, 12, 31)
_OPEN = Q(einddatum=None)


class Audience(models.TextChoices):
    """Who may see a piece of a case: staff with the right, also the persons in it, or everyone."""

    STAFF = "staff", "staff"
    PERSON = "person", "person"
    PUBLIC = "public", "public"


class Zaak(models.Model):
    """A case.

    identificatie: the reference number that people use. status: the present one. version: goes up at each change, so
    that the second of two members of staff sees what the first did. buurt_code, wijk_code: where it is, "" is nowhere.
    kanaal: web, phone, desk, paper, api, e-mail or history. priority: 1 is urgent, 2 ordinary, 3 can wait.
    uiterlijke_einddatum_afdoening: the last day of the legal term; einddatum_gepland: the day promised; streefdag: the
    first of these, NO_DAY when there is neither, to sort work by. opened_by: `Actor.uri` of who opened it; with
    registered_at and kanaal it never changes, so this row is its own first line of the timeline.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    identificatie = models.CharField(max_length=40, unique=True)
    zaaktype = models.ForeignKey(Zaaktype, models.PROTECT, related_name="zaken")
    omschrijving = models.CharField(max_length=80, blank=True, default="")
    toelichting = models.TextField(blank=True, default="")
    kanaal = models.CharField(max_length=10, default="web")
    opened_by = models.CharField(max_length=200)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    registratiedatum = models.DateField()
    startdatum = models.DateField()
    einddatum = models.DateField(null=True)
    einddatum_gepland = models.DateField(null=True)
    uiterlijke_einddatum_afdoening = models.DateField(null=True)
    streefdag = models.DateField(default=NO_DAY)
    vertrouwelijkheid = models.SmallIntegerField(choices=Vertrouwelijkheid)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    buurt_code = models.CharField(max_length=10, blank=True, default="")
    wijk_code = models.CharField(max_length=8, blank=True, default="")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(default=2)
    status = models.ForeignKey(Statustype, models.PROTECT, related_name="+")
    hoofdzaak = models.ForeignKey("self", models.PROTECT, null=True, related_name="deelzaken")
    opgeschort_sinds = models.DateField(null=True)
    verlengd_met = models.PositiveSmallIntegerField(default=0)
    archiefnominatie = models.CharField(max_length=20, choices=Archiefnominatie, blank=True, default="")
    archiefactiedatum = models.DateField(null=True)
    archiefstatus = models.CharField(max_length=30, default="nog_te_archiveren")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="zaak_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(einddatum=None) | Q(einddatum__gte=F("startdatum")), name="zaak_ends_after_start"
            ),
        ]
        indexes = [
            *(
                models.Index(fields=[*by, "priority", "streefdag", "id"], name=f"zaak_todo{name}", condition=_OPEN)
                for name, by in (
                    ("", ()),
                    ("_team", ("team",)),
                    ("_staff", ("handler",)),
                    ("_type", ("zaaktype",)),
                    ("_wijk", ("wijk_code",)),
                )
            ),
            models.Index(fields=["team", "-id"], name="zaak_new_team"),
            models.Index(fields=["handler", "-id"], name="zaak_new_staff"),
            models.Index(fields=["zaaktype", "-id"], name="zaak_new_type"),
            models.Index(fields=["wijk_code", "-id"], name="zaak_new_wijk", condition=~Q(wijk_code="")),
            models.Index(fields=["lon", "lat"], name="zaak_near", condition=_OPEN & ~Q(lon=None)),
            models.Index(fields=["archiefactiedatum"], name="zaak_archive_day", condition=~Q(archiefactiedatum=None)),
        ]


class Status(models.Model):
    """A status that a case got, when, and why in words that the person may read."""

    zaak = models.ForeignKey(Zaak, models.CASCADE, related_name="statussen")
    statustype = models.ForeignKey(Statustype, models.PROTECT, related_name="+")
    datum_status_gezet = models.DateTimeField()
    statustoelichting = models.TextField(blank=True, default="")
    gezet_door = models.CharField(max_length=200)


class Resultaat(models.Model):
    """How a case ended."""

    zaak = models.OneToOneField(Zaak, models.CASCADE, related_name="resultaat")
    resultaattype = models.ForeignKey(Resultaattype, models.PROTECT, related_name="+")
    toelichting = models.TextField(blank=True, default="")


class Besluit(models.Model):
    """A decision in a case."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    identificatie = models.CharField(max_length=40, unique=True)
    zaak = models.ForeignKey(Zaak, models.CASCADE, related_name="besluiten")
    besluittype = models.ForeignKey(Besluittype, models.PROTECT, related_name="+")
    datum = models.DateField()
    ingangsdatum = models.DateField()
    vervaldatum = models.DateField(null=True)
    toelichting = models.TextField(blank=True, default="")


class Rol(models.Model):
    """Somebody's part in a case: a person that logged in, a member of staff, a team, or somebody who left contact.

    contact: sealed JSON {"name", "email", "phone", "address"} of somebody without an account. betrokkene_type:
    "natuurlijk_persoon", "niet_natuurlijk_persoon", "medewerker" or "organisatorische_eenheid".
    """

    zaak = models.ForeignKey(Zaak, models.CASCADE, related_name="rollen")
    roltype = models.ForeignKey(Roltype, models.PROTECT, related_name="+")
    betrokkene_type = models.CharField(max_length=30)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    contact = SealedField(about=ABOUT_CONTACT, null=True)
    since = models.DateTimeField()


class Document(models.Model):
    """A document in a case (ZGW enkelvoudiginformatieobject); its bytes lie in the files folder under `path`.

    path: `zaken/<2 hex>/<uuid of the case>/<sha256>`, so that nothing is shared between cases and a case goes whole."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    zaak = models.ForeignKey(Zaak, models.CASCADE, related_name="documenten")
    informatieobjecttype = models.ForeignKey(Informatieobjecttype, models.PROTECT, related_name="+")
    titel = models.CharField(max_length=200)
    bestandsnaam = models.CharField(max_length=255)
    formaat = models.CharField(max_length=100)
    bestandsomvang = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    creatiedatum = models.DateField()
    added_at = models.DateTimeField()
    auteur = models.CharField(max_length=200)
    vertrouwelijkheid = models.SmallIntegerField(choices=Vertrouwelijkheid)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.STAFF)


class Zaakrelatie(models.Model):
    """A tie between two cases: aard is "gerelateerd", "vervolg", "bijdrage", "onderwerp" or "duplicaat" (of `to`)."""

    zaak = models.ForeignKey(Zaak, models.CASCADE, related_name="relaties")
    to = models.ForeignKey(Zaak, models.CASCADE, related_name="relaties_hierheen")
    aard = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zaak", "to", "aard"], name="zaakrelatie_once"),
            models.CheckConstraint(condition=~Q(zaak=F("to")), name="zaakrelatie_to_another"),
        ]


class Entry(models.Model):
    """A line in the timeline of a case: what happened, in words, for whom.

    kind: "status", "note", "contact", "message", "document", "assigned", "relation", "change" or one of the room that
    wrote it. text, text_en: plain words; data: what else a room wants to show. by: `Actor.uri`, not for residents.
    version: of the case after it. Lines are never altered; they go when the case is destroyed.
    """

    zaak = models.ForeignKey(Zaak, models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.STAFF)
    text = models.TextField()
    text_en = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["zaak", "id"], name="entry_of_zaak")]
