"""What happens when somebody is known: the session begins, and it is written down."""

from datetime import datetime, timedelta

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from plein.foundation.identity import sessions
from plein.foundation.identity.actors import SYSTEM, Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.bsn import is_bsn, tidied
from plein.foundation.identity.errors import AddressTaken
from plein.foundation.identity.mandates import mandates_of, record_mandate
from plein.foundation.identity.models import Mandate, Person, Staff, StaffLink
from plein.foundation.identity.openid.claims import Told
from plein.foundation.identity.openid.doors import Door
from plein.foundation.identity.openid.errors import LoginRefused, NotLinked
from plein.foundation.identity.residents import organisation_by_kvk, person_by_bsn, person_by_subject

BACKEND = "plein.foundation.identity.login.StaffBackend"


def safe_next(request: HttpRequest, asked: str) -> str:
    """Give the page to go on to: one of our own, else the home page."""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=hosts, require_https=request.is_secure()):
        return asked
    return reverse("home")


def come_in(
    request: HttpRequest, person: Person, *, level: str, provider: str, now: datetime, theirs: str = ""
) -> Actor:
    """Log a person in and write it down."""
    Person.objects.filter(pk=person.pk).update(last_login_at=now)
    sessions.begin(request, person, level=level, provider=provider, theirs=theirs, now=now)
    actor = Actor(person.kind, person.key, facts={"level": level})
    note("identity.login", subject=f"person:{person.key}", by=actor, now=now, provider=provider, level=level)
    return actor


@transaction.atomic
def person_of(door: Door, told: Told, *, now: datetime) -> Person:
    """Find or make the person that a provider tells of, under the name it gives now.

    Raises LoginRefused when it tells no number that we can know somebody by.
    """
    by = Actor("system", "login", roles=SYSTEM.roles)
    if door.kind == "organisation":
        if "kvk" in door.claims and not (told.kvk.isdigit() and len(told.kvk) == 8):
            raise LoginRefused(name=door.name, why="kvk")
        branch = told.vestiging if told.vestiging.isdigit() and len(told.vestiging) == 12 else ""
        person = (
            organisation_by_kvk(told.kvk, branch, create=True, by=by, now=now, name=told.name) if told.kvk else None
        )
    elif told.bsn:
        if not is_bsn(tidied(told.bsn)):
            raise LoginRefused(name=door.name, why="bsn")
        person = person_by_bsn(told.bsn, create=True, by=by, now=now, name=told.name)
    else:
        person = None
    person = person or person_by_subject(door.issuer, told.subject, kind=door.kind, by=by, now=now, name=told.name)
    if told.name and person.name != told.name:
        Person.objects.filter(pk=person.pk).update(name=told.name)
    return person


@transaction.atomic
def mandate_told(person: Person, told: Told, *, now: datetime) -> Mandate | None:
    """Write down for whom the provider says that somebody acts, for as long as this login can last; None is nobody."""
    number = tidied(told.acting_for)
    by = Actor("system", "login", roles=SYSTEM.roles)
    if is_bsn(number):
        principal, kind = person_by_bsn(number, create=True, by=by, now=now), "client"
    elif len(number) == 8 and number.isdigit():
        principal, kind = organisation_by_kvk(number, create=True, by=by, now=now), "company"
    else:
        return None
    assert principal is not None
    if principal.pk == person.pk:
        return None
    live = [one for one in mandates_of(person, now=now) if one.principal_id == principal.pk and one.source == "broker"]
    until = now + timedelta(hours=settings.PLEIN["RESIDENT_HOURS"])
    if live:
        Mandate.objects.filter(pk=live[0].pk).update(until=until)
        return live[0]
    return record_mandate(person, principal=principal, kind=kind, until=until, source="broker", by=by, now=now)


@transaction.atomic
def linked_staff(door: Door, told: Told) -> Staff:
    """Find the account that an administrator linked to who came in: by number, the first time by e-mail address.

    Raises NotLinked.
    """
    links = StaffLink.objects.select_related("staff").filter(issuer=door.issuer, staff__is_active=True)
    link = links.filter(subject=told.subject).first()
    if link is None and told.email:
        link = links.filter(subject="", email__iexact=told.email).first()
        if link is not None:
            StaffLink.objects.filter(pk=link.pk, subject="").update(subject=told.subject)
    if link is None or link.staff.is_demo:
        raise NotLinked(name=door.name, why="not-linked")
    return link.staff


def staff_in(request: HttpRequest, staff: Staff, told: Told, *, next_page: str) -> HttpResponse:
    """Log a member of staff in; the second step is asked here unless the provider says that it was done there."""
    sessions.forget(request)
    if told.has_second_step:
        login(request, staff, backend=BACKEND)
        record_authentication(request, staff, method="mfa", type="openid")
        return redirect(next_page)
    record_authentication(request, staff, method="openid")
    staff.backend = BACKEND
    answer: HttpResponse = perform_login(request, Login(user=staff, redirect_url=next_page))
    return answer


@transaction.atomic
def link_staff(staff: Staff, *, issuer: str, email: str, by: Actor, now: datetime) -> StaffLink:
    """Link an account to the provider's account with an e-mail address; the first login with it binds the two.

    Raises AddressTaken, NotAllowed.
    """
    require(by, "identity.manage")
    if StaffLink.objects.filter(issuer=issuer, subject="", email__iexact=email).exclude(staff=staff).exists():
        raise AddressTaken(email=email)
    told = {"issuer": issuer, "email": email, "subject": "", "linked_at": now}
    link, _ = StaffLink.objects.update_or_create(staff=staff, defaults=told)
    note("identity.link-staff", subject=f"staff:{staff.pk}", by=by, now=now)
    return link


@transaction.atomic
def unlink_staff(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Undo the link: nobody comes in to this account through the provider any more."""
    require(by, "identity.manage")
    if StaffLink.objects.filter(staff=staff).delete()[0]:
        note("identity.unlink-staff", subject=f"staff:{staff.pk}", by=by, now=now)
