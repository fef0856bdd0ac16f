"""The addresses that every site has."""

from unittest.mock import patch

import pytest
import requests
from django.test import Client


@pytest.mark.conformance
def test_security_txt_is_judged_sound_by_sectxt(client: Client) -> None:
    from sectxt import SecurityTXT

    page = client.get("/.well-known/security.txt")

    class Answer(requests.Response):
        def __init__(self) -> None:
            super().__init__()
            self.status_code, self._content = 200, page.content
            self.headers["content-type"], self.encoding = page.headers["Content-Type"], "utf-8"
            self.url = "https://plein.example/.well-known/security.txt"

    with patch("requests.get", return_value=Answer()):
        judged = SecurityTXT("plein.example")

    about_this_host = {"no_https", "no_canonical_match", "invalid_cert"}  # the test serves http on localhost
    assert [fault["code"] for fault in judged.errors if fault["code"] not in about_this_host] == []


def test_robots_stay_out_of_the_interfaces(client: Client) -> None:
    assert b"Disallow: /api/" in client.get("/robots.txt").content
