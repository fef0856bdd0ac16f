"""Accounts, roles and tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from plein.foundation.errors import NotAllowed
from plein.foundation.identity import actions, errors
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor, can
from plein.foundation.identity.middleware import ActorMiddleware
from plein.foundation.identity.models import ApiToken, AuditLine, RoleGrant, Staff
from plein.foundation.identity.queries import staff_actor, token_actor, token_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> Staff:
    return actions.create_staff("ana", password="een lang wachtwoord 1", roles=["analyst"], by=SYSTEM, now=NOW)


def test_a_created_account_has_its_roles_and_leaves_audit_lines(analyst: Staff) -> None:
    actor = staff_actor(analyst, now=NOW)

    assert actor.roles == {"analyst"}
    lines = AuditLine.objects.filter(subject=f"staff:{analyst.pk}").order_by("pk")
    assert [line.action for line in lines] == ["identity.create-staff", "identity.grant-role"]


def test_only_an_administrator_creates_accounts(analyst: Staff) -> None:
    with pytest.raises(NotAllowed):
        actions.create_staff("bob", by=staff_actor(analyst, now=NOW), now=NOW)

    assert not Staff.objects.filter(username="bob").exists()


def test_a_name_is_given_once_whatever_its_capitals(analyst: Staff) -> None:
    with pytest.raises(errors.NameTaken, match="ANA"):
        actions.create_staff("ANA", by=SYSTEM, now=NOW)


def test_a_role_that_no_sign_names_is_refused(analyst: Staff) -> None:
    with pytest.raises(errors.UnknownRole, match="wizard"):
        actions.grant_role(analyst, role="wizard", by=SYSTEM, now=NOW)


def test_a_role_counts_from_its_start_until_its_end(analyst: Staff) -> None:
    end = NOW + timedelta(days=10)
    actions.grant_role(analyst, role="data-steward", until=end, by=SYSTEM, now=NOW)

    assert "data-steward" in staff_actor(analyst, now=end - timedelta(seconds=1)).roles
    assert "data-steward" not in staff_actor(analyst, now=end).roles


def test_a_role_taken_back_is_gone_at_once(analyst: Staff) -> None:
    actions.end_role(analyst, role="analyst", by=SYSTEM, now=NOW + timedelta(hours=1))

    assert staff_actor(analyst, now=NOW + timedelta(hours=1)).roles == frozenset()
    assert RoleGrant.objects.get(staff=analyst).until == NOW + timedelta(hours=1)


def test_the_last_administrator_stays() -> None:
    admin = actions.create_staff("root", roles=["administrator"], by=SYSTEM, now=NOW)

    with pytest.raises(errors.LastAdministrator):
        actions.end_role(admin, role="administrator", by=SYSTEM, now=NOW)
    with pytest.raises(errors.LastAdministrator):
        actions.deactivate(admin, by=SYSTEM, now=NOW)


def test_audit_lines_cannot_be_altered(analyst: Staff) -> None:
    line = AuditLine.objects.first()
    assert line is not None
    line.actor = "somebody else"

    with pytest.raises(TypeError, match="never altered"):
        line.save()
    with pytest.raises(TypeError, match="never altered"):
        line.delete()


def test_demo_accounts_exist_in_the_demo_town_only(settings: pytest.FixtureRequest) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0363"}

    with pytest.raises(errors.DemoOnly, match="GM0363"):
        actions.create_staff("demo-analist", password="plein", demo=True, by=SYSTEM, now=NOW)


def test_a_token_is_kept_as_a_hash_only_and_works_within_its_scopes(analyst: Staff) -> None:
    made = actions.create_token(
        analyst,
        name="script",
        scopes=["data.read"],
        expires_at=NOW + timedelta(days=30),
        by=staff_actor(analyst, now=NOW),
        now=NOW,
    )

    found = token_for(made.secret, now=NOW)

    assert made.secret.startswith("plein_")
    assert made.secret not in str(ApiToken.objects.values().get())
    assert found is not None
    actor = token_actor(found, now=NOW)
    assert can(actor, "data.read")
    assert not can(Actor("staff", actor.key, roles=actor.roles, scopes=frozenset()), "data.read")


def test_a_token_gives_no_more_than_its_maker_has(analyst: Staff) -> None:
    with pytest.raises(errors.ScopeTooWide, match=r"identity\.manage"):
        actions.create_token(
            analyst,
            name="climb",
            scopes=["identity.manage"],
            expires_at=NOW + timedelta(days=1),
            by=staff_actor(analyst, now=NOW),
            now=NOW,
        )


def test_a_token_cannot_make_a_token(analyst: Staff) -> None:
    by_token = Actor("staff", str(analyst.pk), roles=frozenset({"analyst"}), scopes=frozenset({"data.read"}))

    with pytest.raises(NotAllowed):
        actions.create_token(
            analyst, name="more", scopes=["data.read"], expires_at=NOW + timedelta(days=1), by=by_token, now=NOW
        )


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_ends_within_a_year(analyst: Staff, days: int) -> None:
    with pytest.raises(errors.TokenTooLong):
        actions.create_token(analyst, name="x", scopes=[], expires_at=NOW + timedelta(days=days), by=SYSTEM, now=NOW)


def test_a_token_stops_when_it_expires_is_revoked_or_its_holder_leaves(analyst: Staff) -> None:
    ends = NOW + timedelta(days=1)
    first, second, third = (
        actions.create_token(analyst, name=n, scopes=[], expires_at=ends, by=SYSTEM, now=NOW) for n in "abc"
    )
    assert token_for(first.secret, now=ends - timedelta(seconds=1)) is not None
    assert token_for(first.secret, now=ends) is None

    actions.revoke_token(second.token.pk, by=SYSTEM, now=NOW)
    assert token_for(second.secret, now=NOW) is None

    actions.deactivate(analyst, by=SYSTEM, now=NOW)
    assert token_for(third.secret, now=NOW) is None


def test_somebody_elses_token_is_not_yours_to_revoke(analyst: Staff) -> None:
    other = actions.create_staff("eve", roles=["analyst"], by=SYSTEM, now=NOW)
    made = actions.create_token(analyst, name="a", scopes=[], expires_at=NOW + timedelta(days=1), by=SYSTEM, now=NOW)

    with pytest.raises(NotAllowed):
        actions.revoke_token(made.token.pk, by=staff_actor(other, now=NOW), now=NOW)


def test_a_partner_comes_in_by_token_only_with_its_scopes() -> None:
    partner = actions.add_partner("politie", name="Politie", by=SYSTEM, now=NOW)
    made = actions.create_token(
        partner, name="levering", scopes=["data.read"], expires_at=NOW + timedelta(days=1), by=SYSTEM, now=NOW
    )

    found = token_for(made.secret, now=NOW)

    assert found is not None
    actor = token_actor(found, now=NOW)
    assert (actor.kind, actor.key, actor.scopes) == ("partner", "politie", frozenset({"data.read"}))


def _actor_behind(**headers: str) -> Actor | int:
    seen: list[Actor] = []

    def view(request) -> HttpResponse:  # type: ignore[no-untyped-def]
        seen.append(request.actor)
        return HttpResponse()

    request = RequestFactory().get("/", headers=headers)
    request.session = Client().session  # type: ignore[assignment]
    answer = ActorMiddleware(view)(request)
    return seen[0] if seen else answer.status_code


def test_a_request_with_a_token_acts_as_its_holder(analyst: Staff) -> None:
    from plein.foundation import clock

    now = clock.now()
    made = actions.create_token(
        analyst, name="a", scopes=["data.read"], expires_at=now + timedelta(days=1), by=SYSTEM, now=now
    )

    actor = _actor_behind(Authorization=f"Bearer {made.secret}")

    assert isinstance(actor, Actor)
    assert actor.key == str(analyst.pk)
    assert ApiToken.objects.get().last_used_at is not None


def test_a_request_with_a_token_that_does_not_work_is_refused() -> None:
    assert _actor_behind(Authorization="Bearer plein_nonsense") == 401


def test_a_request_without_session_or_token_is_anonymous() -> None:
    assert _actor_behind() == ANONYMOUS
