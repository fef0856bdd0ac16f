"""The register of algorithms as everyone sees it, and the off switch."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from plein.foundation import clock
from plein.foundation.gate import algorithms, trained
from plein.foundation.gate.models import RegisteredAlgorithm, TrainedVersion
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo import furnish_staff
from plein.foundation.identity.models import Staff
from plein.foundation.rooms import Algorithm, Trainer
from plein.foundation.words import Text
from plein.trust.algorithms import demo

pytestmark = pytest.mark.django_db
KEY = "help.guess"
GUESS = Algorithm(
    key=KEY,
    title=Text("Raden wat er stuk is", "Guessing what is broken"),
    purpose=Text("Snel bij de juiste ploeg.", "At the right team soon."),
    decides=Text("Het stelt een soort voor.", "It suggests a kind."),
    method=Text("Woorden tellen.", "Counting words."),
    data=Text("De tekst van meldingen.", "The text of reports."),
    legal_basis="6.1.e",
    law="Gemeentewet, artikel 108",
    human=Text("U kiest zelf.", "You choose."),
    owner="role:analyst",
    risk="minimal",
    risk_reason=Text("Het beslist niet over mensen.", "It decides nothing about people."),
    objection=Text("Kies een andere soort.", "Choose another kind."),
    fallback=Text("U kiest uit een lijst.", "You choose from a list."),
)
QUALITY = trained.Quality(
    on=Text("Op de nieuwste meldingen.", "On the newest reports."),
    n=940,
    figures=[trained.Measured("accuracy", Text("Goed", "Right"), 0.813, "share")],
    part=Text("Soort", "Kind"),
    columns=[(Text("Aantal", "Count"), "count"), (Text("Goed", "Right"), "share")],
    rows=[(Text("Lamp", "Lamp"), [31, 0.9]), (Text("Boom", "Tree"), [2, None])],
)
MADE = trained.Trained(content=b"w", learned_from=Text("5.000 meldingen.", "5,000 reports."), quality=QUALITY)


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"algorithms:{name}", args=args)


def as_demo(client: Client, name: str) -> None:
    furnish_staff(now=clock.now())
    client.force_login(Staff.objects.get(username=f"demo-{name}"))


@pytest.fixture
def proposed() -> RegisteredAlgorithm:
    return algorithms.propose(GUESS, by=SYSTEM, now=clock.now())


@pytest.fixture
def running(proposed: RegisteredAlgorithm) -> RegisteredAlgorithm:
    officer = furnish_staff(now=clock.now())["privacy-officer"]
    return algorithms.approve(proposed.pk, by=officer, now=clock.now())


def test_a_proposal_is_not_public(client: Client, proposed: RegisteredAlgorithm) -> None:
    assert "Raden wat er stuk is" not in client.get(page("register")).content.decode()
    assert client.get(page("algorithm", KEY)).status_code == 404


def test_the_page_answers_what_who_how_good_and_how_to_object(client: Client, running: RegisteredAlgorithm) -> None:
    trained.keep(KEY, MADE, by=SYSTEM, now=clock.now())

    dutch = client.get(page("algorithm", KEY)).content.decode()
    english = client.get(f"/en{page('algorithm', KEY)}").content.decode()

    for words in ("Het stelt een soort voor", "U kiest zelf", "81,3", "940", "5.000 meldingen", "Kies een andere"):
        assert words in dutch
    for words in ("It suggests a kind", "You choose", "81.3", "940", "Minimal risk", "Choose another kind"):
        assert words in english
    assert "90" in dutch
    assert "Zet dit algoritme uit" not in dutch


def test_search_finds_what_it_does(client: Client, running: RegisteredAlgorithm) -> None:
    assert "Raden wat er stuk is" in client.get(page("register"), {"q": "soort meldingen"}).content.decode()
    assert "Niets gevonden" in client.get(page("register"), {"q": "xyzzy"}).content.decode()


def test_the_register_comes_as_json(client: Client, running: RegisteredAlgorithm) -> None:
    trained.keep(KEY, MADE, by=SYSTEM, now=clock.now())

    found = {one["key"]: one for one in client.get(page("export-json")).json()["algorithms"]}

    assert found[KEY]["state"] == "active"
    assert found[KEY]["quality"]["figures"][0]["value"] == 0.813


def test_the_privacy_officer_approves(client: Client, proposed: RegisteredAlgorithm) -> None:
    as_demo(client, "privacy")
    assert "Raden wat er stuk is" in client.get(page("desk")).content.decode()
    day = clock.local_date(clock.now()) + timedelta(days=100)

    client.post(page("approve", proposed.pk), {"ends_on": str(day)})

    assert algorithms.require_algorithm(KEY, clock.now()).ends_on == day


def test_an_approval_without_a_day_asks_again(client: Client, proposed: RegisteredAlgorithm) -> None:
    as_demo(client, "privacy")

    answer = client.post(page("approve", proposed.pk), {"ends_on": ""})

    assert answer.status_code == 422
    assert not algorithms.is_running(KEY, clock.now())


@pytest.mark.parametrize("name", ["privacy", "datasteward", "beheerder", "analist"])
def test_who_may_and_its_owner_switch_it_off(client: Client, running: RegisteredAlgorithm, name: str) -> None:
    as_demo(client, name)
    assert "Zet dit algoritme uit" in client.get(page("algorithm", KEY)).content.decode()

    client.post(page("stop", KEY), {"stop-reason": "Het raadt verkeerd"})

    assert not algorithms.is_running(KEY, clock.now())
    shown = Client().get(page("algorithm", KEY)).content.decode()
    assert "Uitgezet" in shown
    assert "Het raadt verkeerd" in shown


def test_others_do_not_switch_it_off(client: Client, running: RegisteredAlgorithm) -> None:
    as_demo(client, "raadslid")

    assert "Zet dit algoritme uit" not in client.get(page("algorithm", KEY)).content.decode()
    assert client.post(page("stop", KEY), {"stop-reason": "Nee"}).status_code == 403
    assert algorithms.is_running(KEY, clock.now())


def test_switching_off_needs_a_reason(client: Client, running: RegisteredAlgorithm) -> None:
    as_demo(client, "privacy")

    assert client.post(page("stop", KEY), {"stop-reason": ""}).status_code == 422
    assert algorithms.is_running(KEY, clock.now())


def test_the_privacy_officer_switches_it_on_again(client: Client, running: RegisteredAlgorithm) -> None:
    as_demo(client, "privacy")
    client.post(page("stop", KEY), {"stop-reason": "Even kijken"})

    client.post(page("start", KEY))

    assert algorithms.is_running(KEY, clock.now())


def test_the_privacy_officer_renews_and_ends(client: Client, running: RegisteredAlgorithm) -> None:
    as_demo(client, "privacy")
    day = clock.local_date(clock.now()) + timedelta(days=700)

    client.post(page("renew", KEY), {"ends_on": str(day)})
    assert algorithms.require_algorithm(KEY, clock.now()).ends_on == day
    client.post(page("end", running.pk), {"reason": "Niet meer nodig"})

    assert not algorithms.is_running(KEY, clock.now())
    assert "Niet meer nodig" in Client().get(page("algorithm", KEY)).content.decode()


def test_an_older_trained_version_is_used_again(client: Client, running: RegisteredAlgorithm) -> None:
    for _ in range(2):
        trained.keep(KEY, MADE, by=SYSTEM, now=clock.now())
    as_demo(client, "privacy")
    assert "Gebruik getrainde versie 1" in client.get(page("algorithm", KEY)).content.decode()

    client.post(page("use", KEY, 1))

    assert algorithms.number_in_use(KEY) == 1


def test_a_refusal_is_said_on_the_page(client: Client, running: RegisteredAlgorithm) -> None:
    as_demo(client, "privacy")

    answer = client.post(page("use", KEY, 7), follow=True)

    assert "heeft geen getrainde versie 7" in answer.content.decode()


def test_the_page_asks_a_fixed_number_of_queries(
    client: Client, running: RegisteredAlgorithm, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        trained.keep(KEY, MADE, by=SYSTEM, now=clock.now())

    with django_assert_max_num_queries(6):
        client.get(page("algorithm", KEY))


def test_the_demo_town_approves_and_trains_once(proposed: RegisteredAlgorithm, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(name="help", title=GUESS.title, algorithm=KEY, train=lambda *, by, now, told: MADE)
    monkeypatch.setattr(demo, "offers", lambda kind: [trainer])
    RegisteredAlgorithm.objects.filter(pk=proposed.pk).update(source="sign")
    town = Town(staff=furnish_staff(now=clock.now()))

    demo.furnish(town, now=clock.now())
    demo.furnish(town, now=clock.now())

    assert TrainedVersion.objects.filter(algorithm=KEY, in_use=True).count() == 1
    assert TrainedVersion.objects.filter(algorithm=KEY).count() == 1


def test_nothing_of_the_weights_is_read_for_a_page(running: RegisteredAlgorithm) -> None:
    trained.keep(KEY, replace(MADE, content=b"x" * 1000), by=SYSTEM, now=clock.now())

    from plein.trust.algorithms import queries

    assert "content" in queries.trained_versions(KEY)[0].get_deferred_fields()
