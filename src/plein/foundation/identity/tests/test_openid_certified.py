"""Logging in through a certified provider: npm oidc-provider, started here and walked through as a browser does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from joserfc.jwk import ECKey

from plein.foundation import clock
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.coming_in import link_staff, unlink_staff
from plein.foundation.identity.models import AuditLine, Person, Staff, StaffLink
from plein.foundation.identity.openid import provider as speaking
from plein.foundation.identity.residents import organisation_by_kvk, person_by_bsn
from plein.foundation.identity.tests.providers import BACK, SECRET, Certified, asked_in, certified

pytestmark = [pytest.mark.django_db, pytest.mark.conformance, pytest.mark.slow]
MIDDLE = "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract"
HIGH = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
EH3 = "urn:etoegang:core:assurance-class:loa3"
BSN, CHILD = "999990019", "999990044"
ACCOUNTS = {
    "jan": {"acr": HIGH, "claims": {"bsn": BSN}},
    "weak": {"acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "claims": {"bsn": BSN}},
    "sanne": {"acr": MIDDLE, "claims": {"bsn": "999990032", "acting_for": CHILD}},
    "european": {"acr": "http://eidas.europa.eu/LoA/high", "claims": {}},
    "plint": {"acr": EH3, "claims": {"kvk": "68750110", "vestiging": "000012345678", "name": "Bakkerij De Plint"}},
    "anna": {"amr": ["pwd"], "claims": {"email": "anna@example.org", "email_verified": True}},
    "claimant": {"amr": ["mfa"], "claims": {"email": "anna@example.org", "email_verified": False}},
}
SURE = {"anna": {**ACCOUNTS["anna"], "amr": ["pwd", "mfa"]}}
KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def _client(door: str, **more: Any) -> dict[str, Any]:
    return {
        "client_id": f"plein-{door}",
        "client_secret": SECRET,
        "redirect_uris": [f"{BACK}{door}"],
        "post_logout_redirect_uris": ["http://testserver/uitgelogd"],
        **more,
    }


@pytest.fixture(scope="module")
def _running() -> Iterator[Certified]:
    by_key = {"client_secret": None, "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [KEY.as_dict()]}}
    clients = [_client("inwoner"), _client("organisatie", **by_key), _client("medewerker")]
    clients[1].pop("client_secret")
    clients[1]["token_endpoint_auth_signing_alg"] = "ES256"
    clients[1]["jwks"] = {"keys": [KEY.as_dict(private=False)]}
    with certified(clients, [MIDDLE, HIGH, EH3]) as found:
        yield found


@pytest.fixture
def oidc(_running: Certified, settings: Any, tmp_path: Path) -> Certified:
    """Give the certified provider, set up as the door of residents, organisations and staff."""
    import json

    import httpx

    _running.control(accounts=ACCOUNTS, claimsInToken=True)
    _running.browser = httpx.Client(timeout=20, follow_redirects=False)
    speaking.forget()
    key = tmp_path / "key.json"
    key.write_text(json.dumps(KEY.as_dict(private=True)))
    doors = {"RESIDENTS": "inwoner", "ORGANISATIONS": "organisatie", "STAFF": "medewerker"}
    told: dict[str, Any] = {}
    for name, door in doors.items():
        told[f"OIDC_{name}_ISSUER"] = _running.issuer
        told[f"OIDC_{name}_CLIENT_ID"] = f"plein-{door}"
        told[f"OIDC_{name}_CLIENT_SECRET"] = SECRET
    told["OIDC_RESIDENTS_LEVELS"] = {MIDDLE: "middle", HIGH: "high"}
    told |= {"OIDC_ORGANISATIONS_CLIENT_SECRET": "", "OIDC_ORGANISATIONS_PRIVATE_KEY": str(key)}
    settings.PLEIN = {**settings.PLEIN, "BASE_URL": "http://testserver", **told}
    return _running


def go(client: Client, oidc: Certified, login: str, *, door: str = "inwoner", page: str = "/over") -> Any:
    """Log in from the button to the page that was asked for; gives the last answer of ours."""
    start = client.get(f"/inloggen/met/{door}", {"next": page})
    assert start.status_code == 302, start.content.decode()
    return client.get(oidc.walk(start.url, login))


def test_a_resident_comes_in_with_digid(client: Client, oidc: Certified) -> None:
    assert "Inloggen met DigiD" in client.get("/inloggen").content.decode()

    answer = go(client, oidc, "jan", page="/en/over")

    assert answer.url == "/en/over"
    person = person_by_bsn(BSN, by=SYSTEM, now=clock.now())
    assert person is not None
    assert (client.session["resident"]["key"], client.session["resident"]["level"]) == (person.key, "high")
    line = AuditLine.objects.get(action="identity.login")
    assert line.facts == {"provider": "inwoner", "level": "high"}
    go(Client(), oidc, "jan")
    assert Person.objects.count() == 1


def test_the_address_that_leads_to_the_provider_asks_what_it_must(client: Client, oidc: Certified) -> None:
    asked = asked_in(client.get("/inloggen/met/inwoner?level=substantial").url)

    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert asked["redirect_uri"] == f"{BACK}inwoner"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_an_organisation_comes_in_with_eherkenning_by_a_signed_assertion(client: Client, oidc: Certified) -> None:
    go(client, oidc, "plint", door="organisatie")

    found = organisation_by_kvk("68750110", "000012345678", by=SYSTEM, now=clock.now())
    assert found is not None
    assert found.name == "Bakkerij De Plint"
    assert (client.session["resident"]["kind"], client.session["resident"]["level"]) == ("organisation", "substantial")


def test_who_has_no_bsn_comes_in_by_the_providers_number(client: Client, oidc: Certified) -> None:
    go(client, oidc, "european")
    go(Client(), oidc, "european")

    person = Person.objects.get()
    assert (person.bsn_hash, bool(person.subject_hash)) == (None, True)


def test_claims_that_stand_in_the_user_info_are_found_there(client: Client, oidc: Certified) -> None:
    oidc.control(claimsInToken=False)

    go(client, oidc, "jan")

    assert person_by_bsn(BSN, by=SYSTEM, now=clock.now())


def test_too_little_certainty_lets_nobody_in(client: Client, oidc: Certified) -> None:
    answer = go(client, oidc, "weak")

    assert answer.status_code == 403
    assert "minder zekerheid dan nodig" in answer.content.decode()
    assert "resident" not in client.session


def test_who_acts_for_another_does(client: Client, oidc: Certified) -> None:
    go(client, oidc, "sanne")

    child = person_by_bsn(CHILD, by=SYSTEM, now=clock.now())
    assert child is not None
    assert child.mandated.get().pk == client.session["resident"]["mandate"]


def test_a_code_and_an_answer_count_once(client: Client, oidc: Certified) -> None:
    start = client.get("/inloggen/met/inwoner", {"next": "/over"})
    back = oidc.walk(start.url, "jan")
    session = dict(client.session.items())
    assert client.get(back).url == "/over"

    assert client.get(back).status_code == 403
    stolen = client.session
    stolen["openid"] = session["openid"]
    stolen.save()
    assert client.get(back).status_code == 403, "the provider refuses a code that was used"
    whys = [line.facts["why"] for line in AuditLine.objects.filter(action="identity.login-failed").order_by("pk")]
    assert whys == ["state", "answer-400-invalid_grant"]


def test_a_code_of_another_login_lacks_its_verifier(client: Client, oidc: Certified) -> None:
    victim = oidc.walk(Client().get("/inloggen/met/inwoner").url, "jan")
    own = asked_in(client.get("/inloggen/met/inwoner").url)

    answer = client.get(f"{BACK}inwoner", {"state": own["state"], "code": asked_in(victim)["code"], "iss": oidc.issuer})

    assert answer.status_code == 403
    assert AuditLine.objects.get(action="identity.login-failed").facts["why"] == "answer-400-invalid_grant"


def test_new_keys_of_the_provider_are_followed(
    client: Client, oidc: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(client, oidc, "jan")
    oidc.control(rotate=True)
    later = clock.ticks() + 11
    monkeypatch.setattr(clock, "ticks", lambda: later)

    assert go(Client(), oidc, "jan").status_code == 302


def test_who_cancels_is_asked_again(client: Client, oidc: Certified) -> None:
    start = client.get("/inloggen/met/inwoner", {"next": "/over"})

    answer = client.get(oidc.walk(start.url, "jan", cancel=True))

    assert answer.url == "/inloggen?next=%2Fover&gestopt=1"


def test_logging_out_ends_both_sessions(client: Client, oidc: Certified) -> None:
    go(client, oidc, "jan")

    answer = client.post("/uitloggen")

    assert oidc.leave(answer.url).startswith("http://testserver/uitgelogd")
    assert "resident" not in client.session
    again = oidc.browser.get(client.get("/inloggen/met/inwoner").url)
    assert "/interaction/" in again.headers["location"], "the provider asks who it is anew"


def test_the_number_is_in_no_address_on_the_way(client: Client, oidc: Certified) -> None:
    start = client.get("/inloggen/met/inwoner").url
    back = oidc.walk(start, "jan")
    client.get(back)
    out = client.post("/uitloggen").url

    assert BSN not in start + back + out


def staff(username: str = "anna") -> Staff:
    return create_staff(username, roles=["privacy-officer"], by=SYSTEM, now=clock.now())


def link(who: Staff, oidc: Certified) -> None:
    link_staff(who, issuer=oidc.issuer, email="Anna@example.org", by=SYSTEM, now=clock.now())


def test_staff_come_in_once_linked_and_are_known_by_number_from_then(client: Client, oidc: Certified) -> None:
    oidc.control(accounts=SURE)
    assert "Inloggen met werkaccount" in client.get("/account/inloggen").content.decode()
    who = staff()
    assert go(client, oidc, "anna", door="medewerker").status_code == 403

    link(who, oidc)
    assert go(client, oidc, "anna", door="medewerker", page="/account").url == "/account"

    assert StaffLink.objects.get().subject == "anna"
    assert client.get("/over").status_code == 200, "the second step was done at the provider"
    oidc.control(accounts={"anna": {"amr": ["mfa"], "claims": {"email": "new@example.org"}}})
    assert go(Client(), oidc, "anna", door="medewerker").status_code == 302


def test_an_address_that_the_provider_did_not_check_links_nobody(client: Client, oidc: Certified) -> None:
    link(staff(), oidc)

    assert go(client, oidc, "claimant", door="medewerker").status_code == 403
    assert StaffLink.objects.get().subject == ""


def test_without_a_second_step_at_the_provider_it_is_asked_here(client: Client, oidc: Certified) -> None:
    link(staff(), oidc)

    go(client, oidc, "anna", door="medewerker")

    assert client.get("/account").status_code == 200
    assert client.get("/over").url == "/account/tweede-stap-nodig", "a guarded role waits for a second step"


def test_a_closed_or_unlinked_account_lets_nobody_in(client: Client, oidc: Certified) -> None:
    who = staff()
    link(who, oidc)
    oidc.control(accounts=SURE)
    go(Client(), oidc, "anna", door="medewerker")

    Staff.objects.filter(pk=who.pk).update(is_active=False)
    assert go(client, oidc, "anna", door="medewerker").status_code == 403
    Staff.objects.filter(pk=who.pk).update(is_active=True)
    unlink_staff(who, by=SYSTEM, now=clock.now())
    assert go(client, oidc, "anna", door="medewerker").status_code == 403


def test_only_an_administrator_links(oidc: Certified) -> None:
    with pytest.raises(NotAllowed):
        link_staff(staff(), issuer=oidc.issuer, email="a@example.org", by=Actor("staff", "1"), now=clock.now())
