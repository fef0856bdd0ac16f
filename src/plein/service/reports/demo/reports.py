"""Two years of reports in the demo town, written in bulk: cases, their statuses and endings, photos and followers."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from plein.casework.cases.actions.closing import archive_day
from plein.casework.cases.actions.opening import sealed_contact
from plein.casework.cases.models import NO_DAY, Entry, Resultaat, Rol, Status, Zaak
from plein.casework.cases.queries import catalogus
from plein.casework.cases.queries.types import Parts
from plein.casework.cases.rules.references import new_reference
from plein.casework.cases.rules.terms import DAYS, WORKING_DAYS, Term, end_of
from plein.foundation.clock import local_date
from plein.foundation.geo.cells import cell
from plein.foundation.geo.town import Town
from plein.foundation.identity import keyring
from plein.foundation.identity.demo_residents import demo_person
from plein.foundation.identity.models import Person
from plein.service.reports.actions.filing import about, route_of
from plein.service.reports.actions.telling import sealed
from plein.service.reports.demo import texts
from plein.service.reports.demo.town import ENDINGS, days_taken, moments
from plein.service.reports.models import Asset, Category, Follower, Owner, Report
from plein.service.reports.queries import categories
from plein.service.reports.queries.links import secret_for
from plein.service.reports.queries.nearby import RESOLUTION
from plein.service.reports.queries.wording import public_words
from plein.service.reports.rules.endings import ENDINGS as RULES
from plein.service.reports.rules.keeping import keeping_for
from plein.service.reports.rules.secrets import ALPHABET, digest_of
from plein.service.reports.rules.zaaktype import BUSY, CLOSED, KEY

BATCH = 500
NAMES = ("Ans Kramer", "Bert Postma", "Chantal Vos", "Daan de Wit", "Elif Kaya", "Frits Mulder", "Gwen Blom")
WHY_NOT = "Andere plekken hebben dit nu meer nodig. Over een jaar kijken wij opnieuw."
RESIDENTS = ("jan", "fatima", "sanne", "rosa")


@dataclass
class Rows:
    """Everything that is written, in the order in which it must be."""

    zaken: list[Zaak] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    results: list[Resultaat] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    roles: list[Rol] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)

    def write(self) -> None:
        """Write all rows."""
        Zaak.objects.bulk_create(self.zaken, batch_size=BATCH)
        for row in (*self.reports, *self.statuses, *self.results, *self.entries, *self.roles):
            row.zaak_id = row.zaak.pk
        for rows in (self.reports, self.statuses, self.results, self.entries, self.roles):
            if rows:
                type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)  # type: ignore[attr-defined]
        for follower in self.followers:
            follower.report_id = follower.report.pk
        Follower.objects.bulk_create(self.followers, batch_size=BATCH)


@dataclass(frozen=True)
class Scene:
    """What there is to report about."""

    town: Town
    rng: random.Random
    now: datetime
    parts: Parts
    known: dict[str, Category]
    assets: dict[str, list[Asset]]
    owners: dict[int, Owner]
    people: Sequence[Person]


def furnish_reports(town: Town, *, now: datetime) -> int:
    """Write the reports of the last two years; returns how many. What is there already stays."""
    if Report.objects.exists():
        return 0
    scene = _scene(town, now)
    rows = Rows()
    for at, slug in moments(scene.rng, now=now):
        _one(scene, rows, at, scene.known[slug])
    rows.write()
    return len(rows.reports)


def _scene(town: Town, now: datetime) -> Scene:
    assets: dict[str, list[Asset]] = {}
    for row in Asset.objects.select_related("owner"):
        assets.setdefault(row.kind, []).append(row)
    return Scene(
        town=town,
        rng=town.rng("reports"),
        now=now,
        parts=catalogus().on(KEY, local_date(now)),
        known={one.slug: one for one in categories.categories()},
        assets=assets,
        owners={row.pk: row for row in Owner.objects.all()},
        people=[demo_person(key, now=now) for key in RESIDENTS],
    )


def _one(scene: Scene, rows: Rows, at: datetime, category: Category) -> None:
    """Make one report with everything that happened to it."""
    rng = scene.rng
    asset = _asset(scene, category)
    lon, lat, address, buurt = _place(scene, asset)
    route = route_of(category, buurt, asset=asset, now=at)
    text, language = texts.sentence(rng, category.slug, language="en" if rng.random() < 0.06 else "nl")
    term = Term(route.term_days, WORKING_DAYS if route.in_working_days else DAYS)
    promise = end_of(local_date(at), term)
    zaak = _zaak(scene, at, category, address, promise=promise)
    zaak.lon, zaak.lat, zaak.buurt_code, zaak.wijk_code = lon, lat, buurt, "WK" + buurt[2:8]
    zaak.team, zaak.priority = categories.team(route.team), route.priority
    key = "".join(rng.choice(ALPHABET) for _ in range(12))
    report = Report(
        zaak=zaak,
        public_key=key,
        secret_digest=digest_of(secret_for(key)),
        category=category,
        text=keyring.encrypt(text, about="reports.text"),
        public_text=public_words(text, language=language),
        language=language,
        lon=lon,
        lat=lat,
        address=address,
        buurt_code=buurt,
        wijk_code=zaak.wijk_code,
        cell=cell(lon, lat, RESOLUTION),
        place_found="asset" if asset else rng.choice(["map", "address", "position"]),
        asset=asset,
        source=zaak.kanaal,
        reported_at=at,
        changed_at=at,
        promise_on=promise,
        promise_by="term",
        chosen_by="reporter",
        announced_at=at,
    )
    rows.zaken.append(zaak)
    rows.reports.append(report)
    _course(scene, rows, report, owner=scene.owners.get(route.owner) if route.owner else None)
    _people(scene, rows, report)


def _asset(scene: Scene, category: Category) -> Asset | None:
    held = scene.assets.get(category.asset_kind, [])
    if not held or scene.rng.random() > 0.6:
        return None
    weak = held[: max(1, len(held) // 40)]  # some break again and again
    return scene.rng.choice(weak if scene.rng.random() < 0.12 else held)


def _place(scene: Scene, asset: Asset | None) -> tuple[float, float, str, str]:
    rng = scene.rng
    if asset is not None:
        return asset.lon, asset.lat, str(asset.facts.get("street", "")), asset.buurt_code
    house = rng.choice(scene.town.houses)
    lon, lat = house.lon + rng.gauss(0, 0.0001), house.lat + rng.gauss(0, 0.00006)
    return round(lon, 6), round(lat, 6), f"{house.street} {house.number}", house.buurt_code


def _zaak(scene: Scene, at: datetime, category: Category, address: str, *, promise: Any) -> Zaak:
    day, rng = local_date(at), scene.rng
    return Zaak(
        identificatie=new_reference(rng.randrange),
        zaaktype=scene.parts.zaaktype,
        omschrijving=about(category, address),
        kanaal=rng.choices(["web", "phone", "desk"], [82, 14, 4])[0],
        opened_by="plein:anonymous:",
        registered_at=at,
        changed_at=at,
        registratiedatum=day,
        startdatum=day,
        einddatum_gepland=promise,
        streefdag=promise or NO_DAY,
        vertrouwelijkheid=scene.parts.zaaktype.vertrouwelijkheid,
        status=scene.parts.first_status,
    )


def _course(scene: Scene, rows: Rows, report: Report, *, owner: Owner | None) -> None:
    """Let the report go its way: started, ended, judged; or still open."""
    rng, slug = scene.rng, report.category.slug
    taken = timedelta(days=0.3 + rng.random()) if owner else timedelta(days=days_taken(rng, slug))
    end, start = report.reported_at + taken, report.reported_at + taken * 0.35
    if start < scene.now and owner is None:
        _status(scene, rows, report, BUSY, start)
        report.state = BUSY
    if end >= scene.now:
        return
    ending = "not-ours" if owner else rng.choices([one for one, _ in ENDINGS], [share for _, share in ENDINGS])[0]
    _end(scene, rows, report, ending, end, owner=owner)


def _status(scene: Scene, rows: Rows, report: Report, key: str, at: datetime) -> None:
    kind, zaak = scene.parts.status(key), report.zaak
    team = f"plein:staff:{zaak.team.key}" if zaak.team else "plein:system:plein"
    rows.statuses.append(Status(zaak=zaak, statustype=kind, datum_status_gezet=at, gezet_door=team))
    zaak.status, zaak.changed_at, zaak.version = kind, at, zaak.version + 1
    if key != CLOSED:
        rows.entries.append(_entry(report, at, kind.statustekst, kind.statustekst_en, by=team))


def _entry(report: Report, at: datetime, nl: str, en: str, *, by: str) -> Entry:
    zaak = report.zaak
    return Entry(
        zaak=zaak, at=at, kind="status", audience="person", text=nl, text_en=en, data={}, version=zaak.version, by=by
    )


def _end(scene: Scene, rows: Rows, report: Report, ending: str, at: datetime, *, owner: Owner | None) -> None:
    rng, rule, zaak = scene.rng, RULES[ending], report.zaak
    result = scene.parts.resultaat(ending)
    planned = local_date(at) + timedelta(days=rng.randrange(14, 120)) if rule.needs_day else None
    facts = {"owner": owner.name if owner else "", "day": f"{planned:%d-%m-%Y}" if planned else ""}
    reason = WHY_NOT if rule.needs_reason else ""
    nl = " ".join(filter(None, [rule.sentence.nl.format(**facts), reason]))
    _status(scene, rows, report, CLOSED, at)
    rows.entries.append(_entry(report, at, nl, rule.sentence.en.format(**facts), by=rows.statuses[-1].gezet_door))
    rows.results.append(Resultaat(zaak=zaak, resultaattype=result, toelichting=nl))
    zaak.einddatum, zaak.archiefnominatie = local_date(at), result.archiefnominatie
    zaak.archiefactiedatum = archive_day(zaak, result)
    report.state, report.closed_at, report.changed_at = CLOSED, at, at
    report.ending, report.ending_reason, report.planned_on, report.given_to = ending, reason, planned, owner
    if rng.random() < 0.06 and rule.asks:
        report.reopened = 1
    if rng.random() < 0.42 and rule.asks:
        report.satisfied = rng.random() < (0.45 if report.reopened else 0.84)
        report.satisfied_at = min(scene.now, at + timedelta(hours=rng.randrange(2, 90)))


def _people(scene: Scene, rows: Rows, report: Report) -> None:
    """Add who reported and who follows, as far as their details would still be kept."""
    rng = scene.rng
    kept = keeping_for(report.ending).contact_days if report.closed_at else 10_000
    if (scene.now - (report.closed_at or scene.now)).days >= kept:
        return
    if rng.random() < 0.55:
        is_known = rng.random() < 0.06
        name = rng.choice(NAMES)
        mail = f"{name.split()[0].lower()}@example.org"
        rows.roles.append(
            Rol(
                zaak=report.zaak,
                roltype=scene.parts.rol("initiator"),
                betrokkene_type="natuurlijk_persoon",
                person=rng.choice(scene.people) if is_known else None,
                contact=None if is_known else sealed_contact({"name": name, "email": mail}),
                since=report.reported_at,
            )
        )
    if report.closed_at is None and rng.random() < 0.25:
        rows.followers.extend(_followers(scene, report))


def _followers(scene: Scene, report: Report) -> Iterator[Follower]:
    rng = scene.rng
    report.followers_count = rng.choice([1, 1, 1, 2, 2, 4])
    for _ in range(report.followers_count):
        key = "".join(rng.choice(ALPHABET) for _ in range(12))
        at = report.reported_at + (scene.now - report.reported_at) * rng.random()
        contact = sealed({"email": f"buur{rng.randrange(99)}@example.org"})
        yield Follower(report=report, key=key, secret_digest=digest_of(secret_for(key)), since=at, contact=contact)
