"""The set of categories that comes with Plein."""

from datetime import datetime

import pytest

from plein.foundation.clock import now
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM
from plein.foundation.ui import icons
from plein.service.reports.actions.categories import load_set, set_from_file
from plein.service.reports.errors import UnknownCategory
from plein.service.reports.models import Category
from plein.service.reports.queries import categories

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return now()


def test_every_category_is_complete_in_two_languages() -> None:
    told = set_from_file("pleinstad")

    for one in told["categories"]:
        texts = [one["about"], one["handling"], one.get("danger", {"nl": "-", "en": "-"})]
        assert all(text["nl"] and text["en"] for text in texts), one["slug"]
        assert (len(one["examples"]["nl"]) >= 4, len(one["examples"]["en"]) >= 2) == (True, True), one["slug"]
        assert one["main"] in told["mains"], one["slug"]
        assert one.get("icon", "box") in icons.names(), one["slug"]


def test_loading_the_set_twice_changes_nothing(at: datetime) -> None:
    told = set_from_file("pleinstad")

    first = load_set(told, by=SYSTEM, now=at)
    second = load_set(told, by=SYSTEM, now=at)

    assert first == second == Category.objects.count() == len(told["categories"])


def test_a_category_that_left_the_set_goes_out_of_use(at: datetime) -> None:
    told = set_from_file("pleinstad")
    load_set(told, by=SYSTEM, now=at)

    load_set({**told, "categories": told["categories"][1:]}, by=SYSTEM, now=at)

    with pytest.raises(UnknownCategory):
        categories.category(told["categories"][0]["slug"])


def test_categories_come_in_groups_in_their_order(at: datetime) -> None:
    load_set(set_from_file("pleinstad"), by=SYSTEM, now=at)

    mains = categories.mains()

    assert mains[0].slug == "verlichting"
    assert [one.slug for one in mains[0].categories] == ["lamp-uit", "lamp-gevaar"]
    assert categories.category("lamp-uit").team.key == "verlichting"


def test_the_rules_come_with_the_set(at: datetime) -> None:
    load_set(set_from_file("pleinstad"), by=SYSTEM, now=at)

    night = categories.rules()[0]

    assert (night.for_priority, str(night.from_time), night.to_team is not None) == (1, "17:00:00", True)


def test_not_just_anybody_loads_a_set(at: datetime) -> None:
    with pytest.raises(NotAllowed):
        load_set(set_from_file("pleinstad"), by=ANONYMOUS, now=at)
