"""The pages of the house itself for when something cannot be."""

from http import HTTPStatus
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

pytestmark = pytest.mark.django_db
A_MINUTE = 30  # logins from one address, allauth's own rate ("login": "30/m/ip")


@pytest.mark.parametrize(
    ("language", "title", "now"),
    [
        ("nl", "U vroeg dit te vaak in korte tijd", "Wacht een minuut"),
        ("en", "You asked this too often in a short time", "Wait a minute"),
    ],
)
def test_who_tries_too_often_is_told_what_why_and_when_again(
    client: Client, language: str, title: str, now: str
) -> None:
    cache.clear()
    with override(language):
        address = reverse("account_login")
    for number in range(A_MINUTE):
        client.post(address, {"login": f"somebody-{number}", "password": "wrong"}, REMOTE_ADDR="192.0.2.1")

    answer = client.post(address, {"login": "one more", "password": "wrong"}, REMOTE_ADDR="192.0.2.1")

    page = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["Retry-After"] == "60"
    assert page.h1 is not None
    assert page.h1.get_text() == title
    assert now in page.get_text()
    assert page.select_one("header .mark") is not None  # in the house's own frame, with the way home
    cache.clear()


@pytest.mark.parametrize(("name", "is_invented"), [("Gemeente Pleinstad", True), ("Gemeente Assen", False)])
def test_only_the_demo_town_says_that_it_does_not_exist(
    client: Client, settings: Any, name: str, is_invented: bool
) -> None:
    settings.PLEIN = {**settings.PLEIN, "ORGANISATION": name}

    with override("nl"):
        address = reverse("accessibility")

    page = client.get(address).content.decode()

    assert ("Pleinstad bestaat niet." in page) == is_invented
