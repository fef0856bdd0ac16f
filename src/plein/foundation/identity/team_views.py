"""Teams, for administrators: which there are, and who is in them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plein.foundation import clock
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.forms import MemberForm, TeamForm
from plein.foundation.identity.models import Staff, Team
from plein.foundation.identity.teams import join_team, leave_team, put_team


@never_cache
@rights("identity.manage")
def teams(request: HttpRequest) -> HttpResponse:
    """List the teams and add one."""
    form, now = TeamForm(request.POST or None), clock.now()
    if request.method == "POST" and form.is_valid():
        team = put_team(**form.cleaned_data, by=actor_of(request), now=now)
        messages.success(request, _("The team is added."))
        return redirect("identity:team", key=team.key)
    here = Q(members__since__lte=now) & (Q(members__until=None) | Q(members__until__gt=now))
    listed = Team.objects.select_related("partner").annotate(size=Count("members", filter=here))
    context = {"form": form, "teams": listed.order_by("-active", "title_nl")}
    return render(request, "identity/teams.html", context, status=422 if form.errors else 200)


@never_cache
@rights("identity.manage")
def team(request: HttpRequest, key: str) -> HttpResponse:
    """Show one team and change what it is called; below it who is in it."""
    found, now = get_object_or_404(Team.objects.select_related("partner"), key=key), clock.now()
    told = {name: getattr(found, name) for name in ("key", "title_nl", "title_en", "email", "partner", "active")}
    form = TeamForm(request.POST or None, initial=told, team=found)
    if request.method == "POST" and form.is_valid():
        put_team(**form.cleaned_data, by=actor_of(request), now=now)
        messages.success(request, _("The team is changed."))
        return redirect("identity:team", key=key)
    return _page(request, found, form=form, member=MemberForm(), status=422 if form.errors else 200)


def _page(request: HttpRequest, found: Team, *, form: TeamForm, member: MemberForm, status: int = 200) -> HttpResponse:
    now = clock.now()
    members = found.members.filter(Q(until=None) | Q(until__gt=now), since__lte=now).select_related("staff")
    context = {
        "team": found,
        "form": form,
        "member": member,
        "members": members.order_by("-is_lead", "staff__username"),
    }
    return render(request, "identity/team.html", context, status=status)


@require_POST
@rights("identity.manage")
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Put somebody in the team."""
    found, form = get_object_or_404(Team, key=key), MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=TeamForm(initial=found.__dict__, team=found), member=form, status=422)
    staff, is_lead = form.cleaned_data["username"], form.cleaned_data["is_lead"]
    join_team(found, staff, is_lead=is_lead, by=actor_of(request), now=clock.now())
    messages.success(request, _("{name} is in the team.").format(name=staff.display_name))
    return redirect("identity:team", key=key)


@require_POST
@rights("identity.manage")
def leave(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take somebody out of the team."""
    found, staff = get_object_or_404(Team, key=key), get_object_or_404(Staff, pk=pk)
    leave_team(found, staff, by=actor_of(request), now=clock.now())
    messages.success(request, _("{name} is in the team no more.").format(name=staff.display_name))
    return redirect("identity:team", key=key)
