"""Filing a report: checked, routed and stored with its case in one transaction, with as few statements as it takes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from plein.casework.cases.actions import open_zaak
from plein.foundation import clock
from plein.foundation.geo import places
from plein.foundation.geo.cells import cell
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Person
from plein.service.reports.actions import photos
from plein.service.reports.errors import (
    DangerNotSeen,
    NoPlace,
    NothingSaid,
    OutsideTown,
    SaidBefore,
    TextTooLong,
    TooMany,
)
from plein.service.reports.models import Asset, Category, Report
from plein.service.reports.queries import categories
from plein.service.reports.queries.links import secret_for
from plein.service.reports.queries.nearby import RESOLUTION
from plein.service.reports.queries.promises import promised
from plein.service.reports.queries.wording import is_dangerous, public_words, speaks_of_danger
from plein.service.reports.rules import spam
from plein.service.reports.rules.filing import Said, tidy, wrong_with
from plein.service.reports.rules.routing import About, Route, decide
from plein.service.reports.rules.secrets import digest_of, new_key
from plein.service.reports.rules.zaaktype import KEY

TEXT = "reports.text"


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that was filed; secret: of the link to follow it. is_new: False when it was filed before."""

    report: Report
    secret: str
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    lon: float
    lat: float
    buurt_code: str

    @property
    def wijk_code(self) -> str:
        return "WK" + self.buurt_code[2:8] if self.buurt_code else ""


def file_report(said: Said, *, by: Actor, now: datetime, person: Person | None = None) -> Filed:
    """File a report.

    The same draft twice gives the same report. Staff and machines that logged in are not counted as spam.
    Raises NothingSaid, TextTooLong, UnknownCategory, NoPlace, OutsideTown, DangerNotSeen, TooMany, SaidBefore.
    """
    text, category = _checked(said)
    asset = Asset.objects.select_related("owner").filter(key=said.asset).first() if said.asset else None
    place = _place(said, asset)
    mark, origin = spam.likeness(text), origin_hash(said.origin)
    if by.kind in ("anonymous", "resident", "organisation"):
        if known := _filed_before(said):
            return known
        _check_spam(mark, origin=origin, place=place, now=now)
    route = route_of(category, place.buurt_code, asset=asset, now=now)
    report = _row(said, text, category=category, place=place, asset=asset, now=now)
    report.origin_hash, report.likeness = origin, mark
    try:
        return _store(report, said, route=route, person=person, by=by, now=now)
    except IntegrityError:
        if known := _filed_before(said):
            return known
        raise


def _checked(said: Said) -> tuple[str, Category]:
    text = tidy(said.text)
    wrong = wrong_with(text)
    if wrong == "empty":
        raise NothingSaid()
    if wrong == "long":
        raise TextTooLong(length=len(text), most=spam.MOST_SIGNS)
    category = categories.category(said.category)
    if not said.danger_seen and is_dangerous(text, category):
        found = speaks_of_danger(text)
        raise DangerNotSeen(phone=(found and found.phone) or category.danger_phone or settings.PLEIN["PHONE"])
    return text, category


def _place(said: Said, asset: Asset | None) -> _Place:
    lon, lat = (asset.lon, asset.lat) if asset else (said.lon, said.lat)
    if lon is None or lat is None:
        raise NoPlace()
    buurt = asset.buurt_code if asset and asset.buurt_code else places.buurt_at(lon, lat)
    if not buurt:
        raise OutsideTown(town=settings.PLEIN["ORGANISATION"])
    return _Place(lon, lat, buurt)


def origin_hash(origin: str) -> str:
    """Hash where a report came from, so that it can be compared and not read; "" stays ""."""
    return keyring.keyed_hash("reports.origin", origin)[:32] if origin else ""


def _filed_before(said: Said) -> Filed | None:
    if not said.draft_key:
        return None
    report = Report.objects.select_related("zaak", "category").filter(draft_key=said.draft_key).first()
    return Filed(report, secret_for(report.public_key), is_new=False) if report else None


def _check_spam(mark: int, *, origin: str, place: _Place, now: datetime) -> None:
    """Refuse one more of the same; one statement.

    Raises TooMany, SaidBefore.
    """
    here = cell(place.lon, place.lat, RESOLUTION)
    rows = Report.objects.filter(reported_at__gt=now - spam.WINDOW).filter(
        Q(cell=here) | Q(origin_hash=origin) if origin else Q(cell=here)
    )
    earlier = [
        spam.Earlier(at, bool(origin) and one == origin, where == here, likeness)
        for at, one, where, likeness in rows.values_list("reported_at", "origin_hash", "cell", "likeness")[:200]
    ]
    wrong = spam.judge(earlier, mark=mark)
    if wrong == "text":
        raise SaidBefore()
    if wrong:
        raise TooMany(minutes=int(spam.WINDOW.total_seconds() // 60))


def route_of(category: Category, buurt_code: str, *, asset: Asset | None, now: datetime) -> Route:
    """Decide where a report goes; no statement."""
    about = About(
        main_slug=category.main_slug,
        category=category.slug,
        priority=category.priority,
        at=now.astimezone(clock.TOWN).replace(tzinfo=None),
        buurt_code=buurt_code,
        wijk_code="WK" + buurt_code[2:8] if buurt_code else "",
        asset_kind=asset.kind if asset else "",
        asset_owner=asset.owner_id if asset else None,
    )
    otherwise = Route(
        team=category.team_id,
        owner=category.owner_id,
        priority=category.priority,
        term_days=category.term_days,
        in_working_days=category.in_working_days,
    )
    return decide(categories.rules(), about, otherwise=otherwise)


def _row(said: Said, text: str, *, category: Category, place: _Place, asset: Asset | None, now: datetime) -> Report:
    key = new_key()
    return Report(
        public_key=key,
        secret_digest=digest_of(secret_for(key)),
        draft_key=said.draft_key or None,
        category=category,
        text=keyring.encrypt(text, about=TEXT),
        public_text=public_words(text, language=said.language),
        language=said.language,
        answers=dict(said.answers),
        lon=place.lon,
        lat=place.lat,
        address=tidy(said.address)[:200],
        buurt_code=place.buurt_code,
        wijk_code=place.wijk_code,
        cell=cell(place.lon, place.lat, RESOLUTION),
        place_found="asset" if asset else said.place_found,
        asset=asset,
        source=said.source,
        reported_at=now,
        changed_at=now,
        suggested=categories.category(said.suggested) if said.suggested else None,
        certainty=said.certainty,
        chosen_by=said.chosen_by,
    )


def _store(report: Report, said: Said, *, route: Route, person: Person | None, by: Actor, now: datetime) -> Filed:
    """Write the case and the report, and take the photos over."""
    promise = promised(report.category, route, now=now)
    report.promise_on, report.promise_by = promise.on, promise.by
    report.promise_p50, report.promise_p80 = promise.p50, promise.p80
    where = report.address or (report.asset.title_nl if report.asset else "")
    with transaction.atomic():
        report.zaak = open_zaak(
            KEY,
            omschrijving=about(report.category, where),
            kanaal=said.source,
            lon=report.lon,
            lat=report.lat,
            buurt_code=report.buurt_code,
            team=categories.team(route.team),
            priority=route.priority,
            einddatum_gepland=promise.on,
            person=person,
            contact=_contact(said),
            by=by,
            now=now,
        )
        report.save(force_insert=True)
        if said.photos:
            photos.add(report, said.photos, owner=said.photos_owner, by=by, now=now)
    return Filed(report, secret_for(report.public_key))


def about(category: Category, where: str) -> str:
    """Say in a line what a case is about, for lists of staff: never a word of the reporter."""
    return f"{category.title_nl} · {where}"[:80] if where else category.title_nl


def _contact(said: Said) -> dict[str, Any] | None:
    found: dict[str, Any] = {name: tidy(str(value))[:200] for name, value in said.contact.items() if value}
    return found or None
