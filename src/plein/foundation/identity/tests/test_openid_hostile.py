"""Logging in through a provider that lies, errs or is not there: nobody comes in who should not, and it says so."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from joserfc.jwk import ECKey, OctKey, RSAKey

from plein.foundation import clock
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine, Mandate, Person
from plein.foundation.identity.openid import provider as speaking
from plein.foundation.identity.openid import tokens
from plein.foundation.identity.residents import person_by_bsn
from plein.foundation.identity.tests.providers import Hostile, asked_in, hostile

pytestmark = pytest.mark.django_db
BSN, CHILD = "999990019", "999990020"
HIGH = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"


@pytest.fixture(scope="module")
def _server() -> Any:
    with hostile() as found:
        yield found


@pytest.fixture
def liar(_server: Hostile, settings: Any) -> Hostile:
    """Give the hostile provider in its honest state, set up as the door of residents."""
    _server.__init__(_server.issuer, _server.key)  # type: ignore[misc]
    speaking.forget()
    settings.PLEIN = {
        **settings.PLEIN,
        "BASE_URL": "http://testserver",
        "OIDC_RESIDENTS_ISSUER": _server.issuer,
        "OIDC_RESIDENTS_CLIENT_ID": "plein",
        "OIDC_RESIDENTS_CLIENT_SECRET": "secret",
    }
    return _server


def begin(client: Client, page: str = "/en/over") -> dict[str, str]:
    answer = client.get("/inloggen/met/inwoner", {"next": page})
    assert answer.status_code == 302, answer.content.decode()
    return asked_in(answer.url)


def claims(liar: Hostile, own_nonce: str, /, **more: Any) -> dict[str, Any]:
    at = int(clock.now().timestamp())
    honest = {
        "iss": liar.issuer,
        "aud": "plein",
        "sub": "s1",
        "nonce": own_nonce,
        "iat": at,
        "exp": at + 300,
        "acr": HIGH,
        "bsn": BSN,
    }
    return {name: value for name, value in {**honest, **more}.items() if value is not None}


def come_back(client: Client, state: str, **more: str) -> Any:
    return client.get("/inloggen/terug/inwoner", {"state": state, "code": "c", **more})


def is_in(client: Client) -> bool:
    return "resident" in client.session


def test_an_honest_answer_lets_somebody_in(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))

    answer = come_back(client, asked["state"])

    assert answer.url == "/en/over"
    assert client.session["resident"]["level"] == "high"
    assert asked["code_challenge_method"] == "S256"
    assert Person.objects.get().bsn_hash


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": ["another"]}, "audience"),
        ({"aud": ["plein", "another"]}, "party"),
        ({"aud": ["plein", "another"], "azp": "another"}, "party"),
        ({"azp": "another"}, "party"),
        ({"nonce": "of-another-login"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"exp": None}, "times"),
        ({"exp": "soon"}, "times"),
        ({"iat": 1_700_000_000}, "times"),
        ({"iat": 4_000_000_000}, "times"),
        ({"iat": None}, "times"),
        ({"nbf": 4_000_000_000}, "times"),
        ({"sub": None}, "subject"),
        ({"sub": ""}, "subject"),
        ({"at_hash": "of-another-token"}, "at_hash"),
        ({"bsn": "111222334"}, "bsn"),
        ({"acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}, "level"),
        ({"acr": "urn:made:up"}, "level"),
        ({"acr": None}, "level"),
    ],
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(
    wrong: dict[str, Any], why: str, client: Client, liar: Hostile
) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"], **wrong))

    answer = come_back(client, asked["state"])

    assert answer.status_code == 403
    assert not is_in(client)
    assert AuditLine.objects.get(action="identity.login-failed").facts == {"why": why}
    assert not Person.objects.exists()


def _coded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _written(*parts: dict[str, Any]) -> str:
    return ".".join(_coded(json.dumps(part).encode()) for part in parts)


def _forgeries(liar: Hostile, good: dict[str, Any]) -> dict[str, str]:
    other = RSAKey.generate_key(2048, auto_kid=True)
    same_name = RSAKey.import_key({**other.as_dict(private=True), "kid": liar.key.kid})
    honest = liar.signed(good)
    head, body, mark = honest.split(".")
    as_secret = _written({"alg": "HS256", "kid": liar.key.kid}, good)
    mac = hmac.new(liar.key.as_pem(private=False), as_secret.encode(), hashlib.sha256).digest()
    changed = liar.signed({**good, "bsn": CHILD}).split(".")[1]
    return {
        "none": _written({"alg": "none", "typ": "JWT"}, good) + ".",
        "wrong key under the right name": liar.signed(good, key=same_name),
        "unknown key": liar.signed(good, key=other),
        "the public key as a shared secret": f"{as_secret}.{_coded(mac)}",
        "changed claims": f"{head}.{changed}.{mark}",
        "no signature": f"{head}.{body}.",
        "not a token": "x.y.z",
        "an encrypted one": f"{honest}.a.b",
        "an access token": liar.signed(good, typ="at+jwt"),
        "a logout token": liar.signed(good, typ="logout+jwt"),
        "with a key of its own": liar.signed(good, key=other, jwk=other.as_dict(private=False)),
        "too long": liar.signed({**good, "more": "x" * 30_000}),
        "empty": "",
    }


@pytest.mark.parametrize(
    "forgery",
    [
        "none",
        "wrong key under the right name",
        "unknown key",
        "the public key as a shared secret",
        "changed claims",
        "no signature",
        "not a token",
        "an encrypted one",
        "an access token",
        "a logout token",
        "with a key of its own",
        "too long",
        "empty",
    ],
)
def test_a_forged_token_lets_nobody_in(forgery: str, client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = _forgeries(liar, claims(liar, asked["nonce"]))[forgery]

    answer = come_back(client, asked["state"])

    assert answer.status_code == 403
    assert not is_in(client)


def test_a_key_set_with_a_shared_secret_is_not_believed(client: Client, liar: Hostile) -> None:
    shared = OctKey.import_key("0123456789abcdef0123456789abcdef", {"kid": "oct"})
    liar.keys = [liar.key, shared]
    liar.metadata = {"jwks_uri": f"{liar.issuer}/jwks"}
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]), key=shared, alg="HS256")

    assert come_back(client, asked["state"]).status_code == 403


def test_an_elliptic_key_is_as_good(client: Client, liar: Hostile) -> None:
    key = ECKey.generate_key("P-256", auto_kid=True)
    liar.keys = [liar.key, key]
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]), key=key, alg="ES256")

    assert come_back(client, asked["state"]).status_code == 302


def test_a_login_counts_once(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))
    come_back(client, asked["state"])
    client.post("/uitloggen")

    assert come_back(client, asked["state"]).status_code == 403
    later = begin(client)
    assert come_back(client, later["state"]).status_code == 403, "a token of an earlier login"
    assert not is_in(client)


def test_the_answer_to_another_browser_lets_nobody_in(client: Client, liar: Hostile) -> None:
    theirs = begin(Client())
    begin(client)
    liar.id_token = liar.signed(claims(liar, theirs["nonce"]))

    assert come_back(client, theirs["state"]).status_code == 403
    assert not is_in(client)
    assert "token" not in liar.asked


def test_a_login_that_took_a_quarter_of_an_hour_is_over(client: Client, liar: Hostile) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        asked = begin(client)
        travel.shift(timedelta(minutes=15))
        liar.id_token = liar.signed(claims(liar, asked["nonce"]))

        assert come_back(client, asked["state"]).status_code == 403


def test_an_answer_in_the_name_of_another_provider_is_refused(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))
    assert come_back(client, asked["state"], iss="https://evil.example").status_code == 403

    speaking.forget()
    liar.metadata = {"authorization_response_iss_parameter_supported": True}
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))
    assert come_back(client, asked["state"]).status_code == 403
    assert "token" not in liar.asked


def test_a_code_that_the_provider_refuses_lets_nobody_in(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.status = {"token": 400}

    assert come_back(client, asked["state"]).status_code == 403
    assert AuditLine.objects.get(action="identity.login-failed").facts == {"why": "answer-400-invalid_grant"}


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_points_elsewhere_is_not_followed(said: dict[str, str], client: Client, liar: Hostile) -> None:
    liar.metadata = said

    assert client.get("/inloggen/met/inwoner").status_code == 403


def test_new_keys_are_fetched_when_a_token_needs_them(
    client: Client, liar: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))
    come_back(client, asked["state"])
    new, unknown = (RSAKey.generate_key(2048, auto_kid=True) for _ in range(2))
    liar.keys = [new]
    later = clock.ticks() + 11
    monkeypatch.setattr(clock, "ticks", lambda: later)
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]), key=new)

    assert come_back(client, asked["state"]).status_code == 302
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]), key=unknown)
    assert come_back(client, asked["state"]).status_code == 403
    assert liar.asked.count("jwks") == 2, "not at every token with an unknown key"


def test_what_the_token_does_not_say_is_asked_for(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"], bsn=None))
    liar.userinfo = {"sub": "s1", "bsn": BSN, "acr": "low", "iss": "x"}
    come_back(client, asked["state"])

    assert person_by_bsn(BSN, by=SYSTEM, now=clock.now())
    assert client.session["resident"]["level"] == "high", "what is signed goes before what is not"


def test_an_answer_about_somebody_else_is_refused(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"], bsn=None))
    liar.userinfo = {"sub": "s2", "bsn": BSN}

    assert come_back(client, asked["state"]).status_code == 403


def test_who_acts_for_another_does_so_from_the_first_page(client: Client, liar: Hostile) -> None:
    for _ in range(2):
        asked = begin(client)
        liar.id_token = liar.signed(claims(liar, asked["nonce"], acting_for=CHILD))
        come_back(client, asked["state"])

    mandate = Mandate.objects.get()
    assert (mandate.source, mandate.kind, mandate.agent.bsn_hash != mandate.principal.bsn_hash) == (
        "broker",
        "client",
        True,
    )
    assert client.session["resident"]["mandate"] == mandate.pk


@pytest.mark.parametrize("how", ["status", "silence"])
def test_an_outage_says_so_and_keeps_what_was_typed(how: str, client: Client, liar: Hostile, settings: Any) -> None:
    session = client.session
    session["draft"] = "de lamp"
    session.save()
    if how == "status":
        liar.status = {"openid-configuration": 503}
    else:
        settings.PLEIN = {**settings.PLEIN, "OIDC_RESIDENTS_ISSUER": "http://127.0.0.1:9"}

    answer = client.get("/inloggen/met/inwoner?next=/over")

    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert "DigiD werkt nu niet" in page
    assert "Iets op straat melden, zoeken en lezen kan zonder inloggen." in page
    assert '/inloggen/met/inwoner?next=%2Fover"' in page
    assert client.session["draft"] == "de lamp"
    asked_before = len(liar.asked)
    assert client.get("/inloggen/met/inwoner").status_code == 503
    assert len(liar.asked) == asked_before, "a provider that is down is left in peace"
    assert "DigiD werkt nu niet" in client.get("/inloggen").content.decode()


@pytest.mark.parametrize("where", ["token", "jwks"])
def test_an_outage_half_way_says_so_and_goes_on_later(where: str, client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.status = {where: 502}
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))

    answer = come_back(client, asked["state"])

    assert answer.status_code == 503
    assert "next=%2Fen%2Fover" in answer.content.decode()
    assert not is_in(client)


def test_who_says_no_at_the_provider_comes_back_where_he_was(client: Client, liar: Hostile) -> None:
    asked = begin(client)

    answer = client.get("/inloggen/terug/inwoner", {"state": asked["state"], "error": "access_denied"})

    assert answer.url == "/inloggen?next=%2Fen%2Fover&gestopt=1"
    assert "U bent niet ingelogd" in client.get(answer.url).content.decode()


def test_a_door_that_is_not_set_up_is_not_there(client: Client, liar: Hostile) -> None:
    for path in ("/inloggen/met/organisatie", "/inloggen/met/medewerker", "/inloggen/terug/x"):
        assert client.get(path).status_code == 404


def test_logging_out_goes_to_the_provider_without_a_token_in_the_address(client: Client, liar: Hostile) -> None:
    liar.metadata = {"end_session_endpoint": f"{liar.issuer}/end"}
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"], sid="their-session"))
    come_back(client, asked["state"])

    answer = client.post("/uitloggen")

    told = asked_in(answer.url)
    assert answer.url.startswith(f"{liar.issuer}/end?")
    assert told["post_logout_redirect_uri"] == "http://testserver/uitgelogd"
    assert (told["logout_hint"], "id_token_hint" in told) == ("their-session", False)
    assert not is_in(client)


def test_no_session_holds_a_number_or_a_token(client: Client, liar: Hostile) -> None:
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"]))
    come_back(client, asked["state"])

    kept = repr(dict(client.session.items()))
    assert BSN not in kept
    assert liar.id_token not in kept
    assert liar.access_token not in kept


def test_somebody_else_in_the_same_browser_finds_nothing_of_the_one_before(client: Client, liar: Hostile) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        asked = begin(client)
        liar.id_token = liar.signed(claims(liar, asked["nonce"]))
        come_back(client, asked["state"])
        session = client.session
        session["draft"] = "of the first"
        session.save()
        travel.shift(timedelta(minutes=16))
        client.get("/inloggen")
        asked = begin(client)
        liar.id_token = liar.signed(claims(liar, asked["nonce"], bsn=CHILD, sub="s2"))

        come_back(client, asked["state"])

    assert is_in(client)
    assert "draft" not in client.session


def test_at_most_five_logins_wait_at_once(client: Client, liar: Hostile) -> None:
    first = begin(client)
    for _ in range(5):
        begin(client)

    assert len(client.session["openid"]) == 5
    assert first["state"] not in client.session["openid"]


@pytest.mark.parametrize("size", ["sha256", "sha384", "sha512"])
def test_a_hash_of_the_access_token_that_fits_is_taken(size: str, client: Client, liar: Hostile) -> None:
    digest = hashlib.new(size, liar.access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    asked = begin(client)
    liar.id_token = liar.signed(claims(liar, asked["nonce"], at_hash=half))

    assert come_back(client, asked["state"]).status_code == 302


def test_every_algorithm_that_counts_has_a_public_key() -> None:
    assert not [name for name in tokens.ALGORITHMS if name.startswith("HS") or name == "none"]


def test_an_administrator_links_an_account_on_its_page(client: Client, liar: Hostile, settings: Any) -> None:
    from plein.foundation.identity.actions import create_staff
    from plein.foundation.identity.demo import furnish_staff

    furnish_staff(now=clock.now())
    client.post("/account/inloggen", {"login": "demo-beheerder", "password": "kom-op-het-plein"})
    anna, ben = (create_staff(name, by=SYSTEM, now=clock.now()) for name in ("anna", "ben"))
    assert client.post(f"/account/medewerkers/{anna.pk}/koppelen", {"email": "a@x.nl"}).status_code == 404
    staff_door = {"OIDC_STAFF_ISSUER": liar.issuer, "OIDC_STAFF_CLIENT_ID": "plein"}
    settings.PLEIN = {**settings.PLEIN, **staff_door}

    wrong = client.post(f"/account/medewerkers/{anna.pk}/koppelen", {"email": "no address"})
    linked = client.post(f"/account/medewerkers/{anna.pk}/koppelen", {"email": "a@x.nl"}, follow=True)
    taken = client.post(f"/account/medewerkers/{ben.pk}/koppelen", {"email": "A@x.nl"})

    assert (wrong.status_code, taken.status_code) == (422, 409)
    assert "Wacht op de eerste keer inloggen" in linked.content.decode()
    undone = client.post(f"/account/medewerkers/{anna.pk}/ontkoppelen", follow=True).content.decode()
    assert "E-mailadres bij de inlogdienst" in undone
