"""A report that is being written, in the session of who writes it."""

import secrets
from datetime import datetime

from django.http import HttpRequest

from plein.service.reports.errors import UnknownCategory
from plein.service.reports.models import Asset, Category
from plein.service.reports.queries import categories
from plein.service.reports.queries.nearby import Near, similar_near, things_near
from plein.service.reports.queries.wording import is_dangerous, speaks_of_danger
from plein.service.reports.rules.steps import Around, Draft

KEY = "reports.draft"
SENT = "reports.sent"


def draft_of(request: HttpRequest, *, now: datetime) -> Draft:
    """Give the draft of this visitor, a new one when there is none."""
    told = request.session.get(KEY)
    return Draft.from_json(told) if told else Draft(key=secrets.token_hex(16), started=now.timestamp())


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft with the visitor."""
    request.session[KEY] = draft.as_json()


def drop(request: HttpRequest) -> None:
    """Forget the draft."""
    request.session.pop(KEY, None)


def category_of(draft: Draft) -> Category | None:
    """Give the category that was chosen; None while none was, or when it went out of use meanwhile."""
    try:
        return categories.category(draft.category) if draft.category else None
    except UnknownCategory:
        draft.category = ""
        return None


def same_as(draft: Draft) -> list[Near]:
    """List open reports nearby that could be the same."""
    category = category_of(draft)
    if category is None or draft.lon is None or draft.lat is None:
        return []
    return similar_near(lon=draft.lon, lat=draft.lat, main_slug=category.main_slug, asset=draft.asset)


def around(draft: Draft) -> Around:
    """Look up what decides which steps come."""
    category = category_of(draft)
    is_placed = category is not None and draft.lon is not None and draft.lat is not None
    return Around(
        text_is_dangerous=bool(draft.text) and speaks_of_danger(draft.text) is not None,
        is_dangerous=category is not None and is_dangerous(draft.text, category),
        has_things=is_placed and draft.place_found != "asset" and bool(things_for(draft)),
        has_same=is_placed and not draft.not_same and bool(same_as(draft)),
        has_questions=bool(category and category.questions),
    )


def things_for(draft: Draft) -> list[Asset]:
    """List the things near the place that this kind of report can be about."""
    category = category_of(draft)
    if category is None or not category.asset_kind or draft.lon is None or draft.lat is None:
        return []
    return things_near(lon=draft.lon, lat=draft.lat, kind=category.asset_kind)
