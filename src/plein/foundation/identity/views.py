"""One's own account, and for administrators those of others."""

from datetime import datetime, time, timedelta
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound, Refused
from plein.foundation.identity import actions
from plein.foundation.identity.access import actor_of, everyone, rights, staff_only
from plein.foundation.identity.coming_in import link_staff, unlink_staff
from plein.foundation.identity.forms import ForgottenForm, GrantForm, LinkForm, PartnerForm, StaffForm, TokenForm
from plein.foundation.identity.login import can_send, first_password_address, send_password_address
from plein.foundation.identity.models import ApiToken, AuditLine, Partner, RoleGrant, Staff, StaffLink
from plein.foundation.identity.openid.doors import doors
from plein.foundation.identity.queries import roles_of, staff_asking
from plein.foundation.identity.roles import all_roles
from plein.foundation.identity.second_factor import has_one, is_needed

PER_PAGE = 50


def _own(request: HttpRequest) -> Staff:
    """Give the account behind the actor; by token there is no page."""
    return get_object_or_404(Staff, pk=int(actor_of(request).key))


def _titles(keys: frozenset[str] | set[str]) -> list[str]:
    language = get_language() or "nl"
    return [role.title.said(language) for key, role in all_roles().items() if key in keys]


def _live(tokens: QuerySet[ApiToken]) -> list[ApiToken]:
    return list(tokens.filter(revoked_at=None, expires_at__gt=clock.now()).order_by("expires_at"))


@never_cache
@staff_only
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account; a POST makes a token and shows its secret once."""
    staff = _own(request)
    form = TokenForm(request.POST or None, actor=actor_of(request))
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = _made(request, staff, form)
        form = TokenForm(actor=actor_of(request)) if secret else form
    roles = roles_of(staff.pk, now=clock.now())
    context = {
        "staff": staff,
        "roles": _titles(roles),
        "is_guarded": is_needed(roles) and not staff.is_demo,
        "has_second_factor": has_one(staff),
        "tokens": _live(staff.tokens.all()),
        "form": form,
        "secret": secret,
    }
    return render(request, "identity/account.html", context)


def _made(request: HttpRequest, holder: Staff | Partner, form: TokenForm) -> str:
    """Make the token that a form asks for and give its secret; a refusal lands on the form."""
    now = clock.now()
    try:
        made = actions.create_token(
            holder,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=now + form.lasts,
            by=actor_of(request),
            now=now,
        )
    except Refused as refused:
        form.add_error(None, _(refused.message).format(**refused.facts))
        return ""
    return made.secret


@require_POST
@staff_only
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Make a token stop working."""
    actions.revoke_token(token_id, by=actor_of(request), now=clock.now())
    messages.success(request, _("The token no longer works."))
    back = request.POST.get("back", "")
    return redirect(back if back in BACK else "identity:account")


BACK = ("identity:account", "identity:partners")


@require_safe
@staff_only
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Explain that a role needs a second step first, and how to set it up."""
    return render(request, "identity/second_factor_needed.html", {"has_second_factor": has_one(_own(request))})


@require_safe
@rights("identity.manage")
def staff_list(request: HttpRequest) -> HttpResponse:
    """List the accounts, with search."""
    wanted = request.GET.get("q", "").strip()
    found = Staff.objects.order_by("-is_active", "username")
    if wanted:
        found = found.filter(
            Q(username__icontains=wanted) | Q(first_name__icontains=wanted) | Q(last_name__icontains=wanted)
        )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    people = [{"staff": staff, "roles": _titles(roles_of(staff.pk, now=now))} for staff in page]
    return render(request, "identity/staff_list.html", {"page": page, "people": people, "wanted": wanted})


@never_cache
@rights("identity.manage")
def staff_new(request: HttpRequest) -> HttpResponse:
    """Create an account; the answer shows the address where its owner chooses a password."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            staff = actions.create_staff(**form.cleaned_data, by=actor_of(request), now=clock.now())
        except Refused as refused:
            form.add_error("username", _(refused.message).format(**refused.facts))
        else:
            return _welcome(request, staff)
    return render(request, "identity/staff_new.html", {"form": form})


def _welcome(request: HttpRequest, staff: Staff) -> HttpResponse:
    context = {"staff": staff, "address": first_password_address(staff)}
    return render(request, "identity/staff_welcome.html", context)


@require_safe
@rights("identity.manage")
def staff_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account: roles, tokens and what changed."""
    return _staff_page(request, get_object_or_404(Staff, pk=pk), GrantForm())


def _told(lines: list[AuditLine]) -> list[dict[str, Any]]:
    """Say audit lines in words: what was done, about which role, and by whom."""
    keys = {line.actor.rpartition(":")[2] for line in lines if line.actor.startswith("plein:staff:")}
    names = {f"plein:staff:{one.pk}": one.display_name for one in Staff.objects.filter(pk__in=keys)}
    known, language, words = all_roles(), get_language() or "nl", _words()
    return [
        {
            "line": line,
            "what": words.get(line.action, line.action),
            "role": known[role].title.said(language) if (role := line.facts.get("role", "")) in known else role,
            "who": names.get(line.actor, _("Plein itself") if line.actor.startswith("plein:system:") else "–"),
        }
        for line in lines
    ]


def _words() -> dict[str, str]:
    return {
        "identity.login": _("Logged in"),
        "identity.logout": _("Logged out"),
        "identity.login-failed": _("Tried to log in, without success"),
        "identity.create-staff": _("Account made"),
        "identity.grant-role": _("Role given"),
        "identity.end-role": _("Role taken back"),
        "identity.deactivate": _("Account closed"),
        "identity.reactivate": _("Account opened again"),
        "identity.create-token": _("Token made"),
        "identity.revoke-token": _("Token revoked"),
        "identity.change-password": _("Password changed"),
        "identity.forgot-password": _("New password asked for"),
        "identity.give-new-password": _("Address made for a new password"),
        "identity.link-staff": _("Linked to the provider"),
        "identity.unlink-staff": _("Link with the provider undone"),
        "identity.join-team": _("Put in a team"),
        "identity.leave-team": _("Taken out of a team"),
        "identity.end-sessions": _("Logged out everywhere"),
        "identity.add-second-factor": _("Second step added"),
        "identity.remove-second-factor": _("Second step removed"),
        "identity.reset-second-factor": _("Second step taken away"),
    }


def _staff_page(
    request: HttpRequest, staff: Staff, form: GrantForm, status: int = 200, link_form: LinkForm | None = None
) -> HttpResponse:
    now, language = clock.now(), get_language() or "nl"
    grants = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=now), staff=staff).order_by("since")
    known = all_roles()
    context = {
        "staff": staff,
        "grants": [
            {"role": g.role, "title": known[g.role].title.said(language) if g.role in known else g.role, "grant": g}
            for g in grants
        ],
        "tokens": _live(staff.tokens.all()),
        "lines": _told(list(AuditLine.objects.filter(subject=f"staff:{staff.pk}").order_by("-at", "-pk")[:20])),
        "has_second_factor": has_one(staff),
        "form": form,
        "link": StaffLink.objects.filter(staff=staff).first(),
        "link_form": link_form or LinkForm(initial={"email": staff.email}),
        "is_self": actor_of(request).key == str(staff.pk),
    }
    return render(request, "identity/staff.html", context, status=status)


@require_POST
@rights("identity.manage")
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role."""
    staff = get_object_or_404(Staff, pk=pk)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _staff_page(request, staff, form, status=422)
    day = form.cleaned_data["until"]
    until = datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.TOWN) if day else None
    actions.grant_role(staff, role=form.cleaned_data["role"], until=until, by=actor_of(request), now=clock.now())
    messages.success(request, _("The role is given."))
    return redirect("identity:staff", pk=pk)


@require_POST
@rights("identity.manage")
def end_role(request: HttpRequest, pk: int, role: str) -> HttpResponse:
    """Take a role back."""
    actions.end_role(get_object_or_404(Staff, pk=pk), role=role, by=actor_of(request), now=clock.now())
    messages.success(request, _("The role is taken back."))
    return redirect("identity:staff", pk=pk)


@require_POST
@rights("identity.manage")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, or open it again."""
    staff = get_object_or_404(Staff, pk=pk)
    change = actions.deactivate if staff.is_active else actions.reactivate
    change(staff, by=actor_of(request), now=clock.now())
    messages.success(request, _("The account is closed.") if staff.is_active else _("The account is open again."))
    return redirect("identity:staff", pk=pk)


@never_cache
@require_POST
@rights("identity.manage")
def new_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new address where somebody who forgot the password chooses another."""
    staff = get_object_or_404(Staff, pk=pk, is_demo=False)
    actions.note_new_password(staff, by=actor_of(request), now=clock.now())
    return _welcome(request, staff)


@require_POST
@rights("identity.manage")
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second steps of somebody who lost them away."""
    actions.reset_second_factor(get_object_or_404(Staff, pk=pk), by=actor_of(request), now=clock.now())
    messages.success(request, _("The second step is taken away. It is asked again at the next login."))
    return redirect("identity:staff", pk=pk)


@require_POST
@rights("identity.manage")
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Log somebody out everywhere."""
    actions.end_sessions(get_object_or_404(Staff, pk=pk), by=actor_of(request), now=clock.now())
    messages.success(request, _("Logged out everywhere."))
    return redirect("identity:staff", pk=pk)


@require_POST
@rights("identity.manage")
def link_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Link an account to the municipality's own provider."""
    staff, form, door = (
        get_object_or_404(Staff, pk=pk, is_demo=False),
        LinkForm(request.POST),
        doors().get("medewerker"),
    )
    if door is None:
        raise NotFound(what=request.path)
    if not form.is_valid():
        return _staff_page(request, staff, GrantForm(), status=422, link_form=form)
    email = form.cleaned_data["email"]
    link_staff(staff, issuer=door.issuer, email=email, by=actor_of(request), now=clock.now())
    messages.success(request, _("The account is linked."))
    return redirect("identity:staff", pk=pk)


@require_POST
@rights("identity.manage")
def unlink_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the link with the municipality's own provider."""
    unlink_staff(get_object_or_404(Staff, pk=pk), by=actor_of(request), now=clock.now())
    messages.success(request, _("The account is linked no more."))
    return redirect("identity:staff", pk=pk)


@never_cache
@everyone
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send who forgot the password an address to choose another; the answer never tells whether an account exists."""
    form = ForgottenForm(request.POST or None)
    is_sent = False
    if request.method == "POST" and can_send() and form.is_valid():
        who = form.cleaned_data["who"].strip()
        refused: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password", key=who.lower())
        if refused:
            return refused
        for staff in staff_asking(who):
            actions.note_forgotten(staff, now=clock.now())
            send_password_address(staff)
        is_sent = True
    return render(request, "identity/forgotten.html", {"form": form, "is_sent": is_sent, "can_send": can_send()})


@never_cache
@rights("identity.manage")
def partners(request: HttpRequest) -> HttpResponse:
    """List the partner organisations and add one."""
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_partner(**form.cleaned_data, by=actor_of(request), now=clock.now())
        messages.success(request, _("The partner is added."))
        return redirect("identity:partners")
    live = ApiToken.objects.filter(revoked_at=None, expires_at__gt=clock.now())
    rows = [{"partner": one, "tokens": []} for one in Partner.objects.order_by("name")]
    by_partner = {row["partner"].pk: row["tokens"] for row in rows}  # type: ignore[attr-defined]
    for token in live.filter(partner__isnull=False).order_by("expires_at"):
        by_partner[token.partner_id].append(token)  # type: ignore[attr-defined]
    return render(request, "identity/partners.html", {"form": form, "rows": rows})


@never_cache
@rights("identity.manage")
def partner_token(request: HttpRequest, key: str) -> HttpResponse:
    """Make a token for a partner and show its secret once."""
    partner = get_object_or_404(Partner, key=key)
    form = TokenForm(request.POST or None, actor=None)
    secret = _made(request, partner, form) if request.method == "POST" and form.is_valid() else ""
    return render(request, "identity/partner_token.html", {"partner": partner, "form": form, "secret": secret})
