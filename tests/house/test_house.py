"""The house as it stands is sound, and each check is seen to fail on a breach that is planted here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.http import HttpResponse

from plein.foundation.identity.access import everyone
from plein.foundation.rooms import Activity, Algorithm, AreaCard, Room
from plein.foundation.words import Text
from plein.site import soundness
from plein.site.options import OPTIONS, Option

ROOT = Path(__file__).resolve().parents[2]
SAID = Text("Nederlands", "English")


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[type[Room]]:
    """Give a sign that tells the truth, for a breach to be planted on."""

    class Planted(Room):
        name = "plein.city.planted"
        label = "planted"
        title = purpose = SAID
        owner = "role:administrator"
        path = str(tmp_path)

    return Planted


def sign(kind: type[Room]) -> Room:
    return kind("plein.city.planted", Mock(__file__=__file__))


def activity(**other: Any) -> Activity:
    plain = {"key": "planted.count", "title": SAID, "purpose": SAID, "legal_basis": "6.1.e", "data": SAID}
    return Activity(**{**plain, "owner": "administrator", "retention": SAID, **other})


def algorithm(**other: Any) -> Algorithm:
    texts = ("title", "purpose", "decides", "method", "data", "human", "risk_reason", "objection", "fallback")
    plain = dict.fromkeys(texts, SAID) | {"key": "planted.guess", "legal_basis": "6.1.e", "risk": "minimal"}
    return Algorithm(**{**plain, "owner": "administrator", **other})


def card(*products: str) -> AreaCard:
    return AreaCard(title=SAID, read=lambda code, at: None, products=products)


@pytest.mark.django_db
def test_every_sign_tells_the_truth() -> None:
    assert soundness.sign_breaches() == []


def test_every_right_of_the_foundation_has_a_title() -> None:
    assert soundness.general_breaches() == []


def test_a_true_sign_has_no_breach(planted: type[Room]) -> None:
    assert soundness.sign_breaches([sign(planted)]) == []


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        ({"title": Text("Alleen Nederlands", "")}, "title lacks its English"),
        ({"owner": "role:nobody"}, "is no role"),
        ({"products": ["planted.trees"]}, "planted.trees has no contract"),
        ({"rights": {"planted.cut": ["lumberjack"]}}, "given to lumberjack"),
        ({"rights": {"planted.cut": ["administrator"]}}, "right planted.cut has no title"),
        ({"right_titles": {"planted.cut": SAID}}, "planted.cut has a title and is no right"),
        ({"right_titles": {"planted.cut": Text("Kappen", "")}}, "the title of planted.cut is half said"),
        ({"activities": [activity(products=["planted.trees"])]}, "has no contract"),
        ({"activities": [activity(legal_basis="because")]}, "no legal basis"),
        ({"activities": [activity(roles=["lumberjack"])]}, "which nobody has"),
        ({"activities": [activity(key="elsewhere.count")]}, "does not start with planted."),
        ({"algorithms": [algorithm(risk="some")]}, "no class of the AI Act"),
        ({"algorithms": [algorithm(key="elsewhere.guess")]}, "does not start with planted."),
        ({"algorithms": [algorithm(activity="planted.lost")]}, "names an activity that is not on the sign"),
        ({"algorithms": [algorithm(owner="lumberjack")]}, "has an owner that is no role"),
        ({"algorithms": [algorithm(fallback=Text("Een mens.", ""))]}, "fallback lacks its English"),
        ({"offers": lambda room: [card()]}, "AreaCard English does not say which products it draws"),
        ({"offers": lambda room: [card("planted.trees")]}, "draws planted.trees, which has no contract"),
    ],
)
def test_a_sign_that_lies_is_found(planted: type[Room], breach: dict[str, Any], told: str) -> None:
    for name, value in breach.items():
        setattr(planted, name, value)

    breaches = soundness.sign_breaches([sign(planted)])

    assert any(told in breach for breach in breaches), breaches


def test_a_contract_that_the_sign_conceals_is_found(planted: type[Room], tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "planted.trees.odcs.yaml").touch()

    assert soundness.sign_breaches([sign(planted)]) == ["planted: planted.trees is not on the sign"]


def test_tables_form_no_circle() -> None:
    assert soundness.circles(soundness.table_links()) == []


def test_a_circle_of_tables_is_found() -> None:
    links = {"a.Tree": {"a.Street"}, "a.Street": {"a.Town"}, "a.Town": {"a.Tree"}, "a.Bench": {"a.Town"}}

    found = soundness.circles(links)

    assert found == [f"a.{name} stands in a circle of tables" for name in ("Street", "Town", "Tree")]


def test_every_address_has_an_access_rule() -> None:
    assert soundness.unguarded() == []


def test_an_address_without_a_rule_is_found() -> None:
    walker = iter([("/open", everyone(lambda request: HttpResponse())), ("/bare", lambda request: HttpResponse())])

    assert soundness.unguarded(walker) == ["/bare has no access rule"]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "look-up" / "settings.md").read_text(encoding="utf-8")

    assert soundness.undocumented(page) == []


def test_a_setting_without_a_line_is_found() -> None:
    page = soundness.settings_page()

    found = soundness.undocumented(page, [*OPTIONS, Option("PLANTED", "", "Nobody was told.")])

    assert found == ["| `PLEIN_PLANTED` | empty | Nobody was told. | is not in docs/look-up/settings.md"]


def test_rooms_have_labels_of_their_own() -> None:
    labels = [config.label for config in apps.get_app_configs()]

    assert len(labels) == len(set(labels))
