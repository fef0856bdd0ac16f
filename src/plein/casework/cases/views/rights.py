"""Which teams may see and handle which cases."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from plein.casework.cases import forms
from plein.casework.cases.actions import types as actions
from plein.casework.cases.models import Autorisatie
from plein.casework.cases.queries import catalogus
from plein.casework.cases.views.doing import done
from plein.foundation import clock
from plein.foundation.geo.places import names
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.models import Team
from plein.foundation.words import Text

ALL_TYPES = Text("alle zaaktypen", "all types")


@require_http_methods(["GET", "HEAD", "POST"])
@rights("cases.manage")
def index(request: HttpRequest) -> HttpResponse:
    """List the teams with their rights, and give one."""
    form = forms.RightForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told, by = form.cleaned_data, actor_of(request)
        return done(
            request, lambda: actions.grant(**told, by=by, now=clock.now()), _("The right is given."), "cases:rights"
        )
    about = {"form": form, "teams": _teams(), "confidential": forms.CONFIDENTIALITY}
    return render(request, "cases/rights.html", about, status=422 if form.errors else 200)


def _teams() -> list[tuple[Team, list[dict[str, object]]]]:
    rows = list(Autorisatie.objects.select_related("team").order_by("team__title_nl", "zaaktype", "area_code"))
    areas = names([row.area_code for row in rows if row.area_code])
    types = {parts.zaaktype.identificatie: parts.zaaktype.title for parts in catalogus().by_id.values()}
    found: dict[int, tuple[Team, list[dict[str, object]]]] = {
        team.pk: (team, []) for team in Team.objects.filter(active=True).order_by("title_nl")
    }
    for row in rows:
        told: dict[str, object] = {
            "row": row,
            "named": types.get(row.zaaktype, Text(row.zaaktype, row.zaaktype)) if row.zaaktype else ALL_TYPES,
            "area": areas.get(row.area_code, row.area_code),
            "most": forms.CONFIDENTIALITY[row.max_vertrouwelijkheid],
        }
        found.setdefault(row.team_id, (row.team, []))[1].append(told)
    return list(found.values())


@require_POST
@rights("cases.manage")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a right from a team."""
    row, by = Autorisatie.objects.select_related("team").filter(pk=pk).first(), actor_of(request)
    if row is None:
        raise Http404
    return done(
        request, lambda: actions.withdraw(row, by=by, now=clock.now()), _("The right is withdrawn."), "cases:rights"
    )
