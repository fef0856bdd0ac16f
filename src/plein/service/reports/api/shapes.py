"""What Signalen v1 says and hears, in its own names."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop
from plein.service.reports.models import Category, Photo, Report
from plein.service.reports.queries.categories import Main

ROOT = "/api/signals/v1/public"
OPEN, CLOSED = "OPEN", "CLOSED"
DISPLAY = {OPEN: "Open", CLOSED: "Afgesloten"}
PRIORITIES = {1: "high", 2: "normal", 3: "low"}
MOST_EXTRA = 20_000


class BadSignal(Refused):
    """What came is not a signal as Signalen v1 describes it. Facts: errors, list of {"code", "field", "detail"}."""

    message = gettext_noop(
        "This is no report as Signalen v1 describes it: {field} {problem}. Correct it and try again."
    )
    status = HTTPStatus.BAD_REQUEST
    code = "bad-signal"


class Geometry(msgspec.Struct):
    """A point: longitude, latitude."""

    coordinates: tuple[float, float]
    type: str = "Point"


class Address(msgspec.Struct):
    """An address of the BAG."""

    openbare_ruimte: str = ""
    huisnummer: int | str = ""
    huisletter: str = ""
    huisnummer_toevoeging: str = ""
    postcode: str = ""
    woonplaats: str = ""

    @property
    def line(self) -> str:
        """Write the address on one line."""
        number = f"{self.huisnummer}{self.huisletter}"
        number += f"-{self.huisnummer_toevoeging}" if self.huisnummer_toevoeging else ""
        street = f"{self.openbare_ruimte} {number}".strip()
        return ", ".join(part for part in (street, f"{self.postcode} {self.woonplaats}".strip()) if part)


class Location(msgspec.Struct):
    """Where it is."""

    geometrie: Geometry
    address: Address | None = None


class SubCategory(msgspec.Struct):
    """The kind of report, as the address of a category here."""

    sub_category: str = ""
    category_url: str = ""

    @property
    def slug(self) -> str:
        """Give the last part of the address."""
        return (self.category_url or self.sub_category).rstrip("/").rpartition("/")[2][:80]


class Reporter(msgspec.Struct):
    """Who reports, as far as they want to say."""

    email: str | None = None
    phone: str | None = None
    sharing_allowed: bool = False


class Signal(msgspec.Struct):
    """A report that comes in."""

    text: str
    category: SubCategory
    location: Location
    reporter: Reporter = msgspec.field(default_factory=Reporter)
    text_extra: str = ""
    incident_date_start: str | None = None
    incident_date_end: str | None = None
    extra_properties: list[Any] | dict[str, Any] | None = None


def signal_of(body: bytes) -> Signal:
    """Read a report that comes in.

    Raises BadSignal.
    """
    try:
        found = msgspec.json.decode(body, type=Signal)
    except msgspec.DecodeError as error:
        problem, _, place = str(error).partition(" - at ")
        field = place.strip("`").removeprefix("$.") or "body"
        raise BadSignal(
            field=field, problem=problem, errors=[{"code": "invalid", "field": field, "detail": problem}]
        ) from error
    if found.extra_properties and len(msgspec.json.encode(found.extra_properties)) > MOST_EXTRA:
        raise BadSignal(field="extra_properties", problem=f"holds more than {MOST_EXTRA} bytes", errors=[])
    return found


def answers_of(signal: Signal) -> dict[str, Any]:
    """Keep what came with it beyond the text, as answers."""
    told = {
        "text_extra": signal.text_extra,
        "incident_date_start": signal.incident_date_start,
        "incident_date_end": signal.incident_date_end,
        "extra_properties": signal.extra_properties,
    }
    return {name: value for name, value in told.items() if value}


def _state(report: Report) -> str:
    return OPEN if report.closed_at is None else CLOSED


def public_signal(report: Report) -> dict[str, Any]:
    """Say of a report what anybody with its secret uuid may know."""
    state = _state(report)
    return {
        "_links": {"self": {"href": _address(f"/signals/{report.zaak.uuid}")}},
        "_display": report.zaak.identificatie,
        "id_display": report.zaak.identificatie,
        "id": report.pk,
        "signal_id": str(report.zaak.uuid),
        "status": {"state": state, "state_display": DISPLAY[state]},
        "created_at": report.reported_at,
        "updated_at": report.changed_at,
        "incident_date_start": report.answers.get("incident_date_start") or report.reported_at,
        "incident_date_end": report.answers.get("incident_date_end"),
    }


def filed_signal(report: Report, signal: Signal) -> dict[str, Any]:
    """Say back to whoever sent it what was filed."""
    category = report.category
    location = {
        "id": report.pk,
        "stadsdeel": report.wijk_code,
        "buurt_code": report.buurt_code,
        "address": msgspec.to_builtins(signal.location.address or Address(huisnummer=0)),
        "address_text": report.address,
        "geometrie": {"type": "Point", "coordinates": [report.lon, report.lat]},
        "extra_properties": {},
    }
    return {
        **public_signal(report),
        "source": "online",
        "text": signal.text,
        "text_extra": signal.text_extra,
        "location": location,
        "category": {
            "sub": category.title_nl,
            "sub_slug": category.slug,
            "main": category.main_title_nl,
            "main_slug": category.main_slug,
        },
        "reporter": {"email": signal.reporter.email or "", "phone": signal.reporter.phone or ""},
        "priority": {"priority": PRIORITIES[report.zaak.priority]},
        "incident_date_end": None,
        "extra_properties": None,
    }


def sub_category(category: Category) -> dict[str, Any]:
    """Describe a category."""
    links = {
        "curies": {"name": "sia", "href": _address("/relations")},
        "self": {"href": _address(f"/terms/categories/{category.main_slug}/sub_categories/{category.slug}")},
    }
    code = category.team.key if category.team else category.set_key
    name = category.department or (category.team.title_nl if category.team else settings.PLEIN["ORGANISATION"])
    return {
        "_links": links,
        "_display": f"{category.title_nl} ({category.main_title_nl})",
        "name": category.title_nl,
        "slug": category.slug,
        "handling": "REST",
        "departments": [{"code": code, "name": name, "is_intern": category.owner_id is None}],
        "is_active": category.is_active,
        "description": category.description_nl or None,
        "handling_message": category.handling_nl,
        "public_name": category.title_nl,
        "is_public_accessible": category.is_public,
    }


def main_category(main: Main) -> dict[str, Any]:
    """Describe a group of categories."""
    links = {
        "curies": {"name": "sia", "href": _address("/relations")},
        "self": {"href": _address(f"/terms/categories/{main.slug}")},
    }
    return {
        "_links": links,
        "_display": main.title.nl,
        "name": main.title.nl,
        "slug": main.slug,
        "public_name": main.title.nl,
        "is_public_accessible": any(one.is_public for one in main.categories),
        "sub_categories": [sub_category(one) for one in main.categories],
    }


def listed(rows: list[Any], path: str, *, more: str | None = None) -> dict[str, Any]:
    """Give a list as Signalen pages it."""
    links = {"self": {"href": _address(path)}, "next": {"href": more}, "previous": {"href": None}}
    return {"_links": links, "count": len(rows), "results": rows}


def attachment(photo: Photo, uuid: object) -> dict[str, Any]:
    """Describe a photo that was added. It can be seen by staff only, until faces and plates are made unreadable."""
    where = _address(f"/signals/{uuid}/attachments/{photo.key}")
    return {
        "_display": "Attachment object",
        "_links": {"self": {"href": where}},
        "location": where,
        "is_image": True,
        "created_at": photo.added_at,
    }


def question(found: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a question of a category: what it is called, its kind, whether it must be answered, and its words."""
    return {
        "key": found["key"],
        "field_type": found.get("kind") or found.get("type") or "text",
        "meta": {"label": found.get("label", {}).get("nl", "")},
        "required": bool(found.get("required", True)),
    }


def _address(path: str) -> str:
    return f"{settings.PLEIN['BASE_URL']}{ROOT}{path}"
