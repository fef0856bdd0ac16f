"""The work list, the same work on a map, saved choices, and doing something with many cases at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from plein.casework.cases import queries as cases
from plein.casework.desk import actions, queries
from plein.casework.desk.forms import PRIORITIES, SaveFilterForm
from plein.casework.desk.models import SavedFilter
from plein.foundation import clock
from plein.foundation.clock import local_date
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import can
from plein.foundation.identity.models import Staff
from plein.foundation.identity.teams import teams_of
from plein.foundation.ui import maps
from plein.foundation.ui.refusals import sentence
from plein.foundation.words import Text

STATES = {
    "late": Text("Te laat", "Late"),
    "soon": Text("Bijna te laat", "Almost late"),
    "fine": Text("Op tijd", "On time"),
}


@require_safe
@rights("cases.read")
def work(request: HttpRequest) -> HttpResponse:
    """List the work: of oneself, of the team, of nobody yet, or everything that may be seen."""
    actor, now = actor_of(request), clock.now()
    choice = queries.choice_of(request.GET.dict(), actor=actor, now=now)
    after = request.GET.get("after", "")
    page = cases.worklist(actor, choice.filters, after=after, now=now, size=50)
    today = local_date(now)
    context = {
        "choice": choice,
        "rows": [(row, queries.lateness(row, today=today)) for row in page.rows],
        "next": f"?{choice.query}&after={page.next}" if page.next else "",
        "first": f"?{choice.query}" if after else "",
        "views": _views(choice),
        "priorities": PRIORITIES,
        "may_change": can(actor, "cases.handle"),
        "teams": queries.choices(now=now)["teams"] if request.htmx else (),  # type: ignore[attr-defined]
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/_work.html", context)
    options = queries.choices(now=now)
    own = teams_of(int(actor.key), now=now)
    context |= {
        "options": options,
        "teams": options["teams"],
        "saved": queries.saved_for(actor, now=now),
        "has_team": bool(own),
        "save_form": SaveFilterForm(),
    }
    return render(request, "desk/list.html", context)


def _views(choice: queries.Choice) -> list[tuple[str, str, bool]]:
    titles = {
        queries.TEAM: _("My team"),
        queries.MINE: _("Mine"),
        queries.FREE: _("Nobody's yet"),
        queries.EVERYTHING: _("All that I may see"),
    }
    return [(title, f"?{choice.but(view=view, team='')}", view == choice.view) for view, title in titles.items()]


@require_safe
@rights("cases.read")
def on_map(request: HttpRequest) -> HttpResponse:
    """Show the same choice on the map, with its list beside it."""
    actor, now = actor_of(request), clock.now()
    choice = queries.choice_of(request.GET.dict(), actor=actor, now=now)
    rows = queries.spots(actor, choice.filters, now=now)
    today = local_date(now)
    found = [
        maps.Spot(
            id=str(row.pk),
            lon=row.lon,
            lat=row.lat,
            name=f"{row.identificatie} {row.omschrijving}",
            value=queries.lateness(row, today=today) or "fine",
            label=row.zaaktype.omschrijving,
            href=reverse("desk:case", args=[row.uuid]),
        )
        for row in rows
    ]
    seen = maps.points(
        found,
        kinds=STATES,
        title=_("Cases"),
        unit="",
        source=_("Cases of this municipality"),
        period=_("now"),
    )
    return render(request, "desk/map.html", {"seen": seen, "choice": choice, "views": _views(choice)})


@require_safe
@rights("cases.read")
def find(request: HttpRequest) -> HttpResponse:
    """Go straight to a case by its number; other words search the titles."""
    words, now = request.GET.get("q", "").strip()[:100], clock.now()
    found = cases.zaak_by_reference(actor_of(request), words, now=now) if words else None
    if found:
        return redirect("desk:case", uuid=found.uuid)
    return redirect(f"{reverse('desk:list')}?{_query(q=words, view='all', state='all')}")


def _query(**told: str) -> str:
    from urllib.parse import urlencode

    return urlencode(told)


@require_POST
@rights("cases.handle")
def together(request: HttpRequest) -> HttpResponse:
    """Do one thing with the cases that are ticked, and say of each that was refused why."""
    actor, now = actor_of(request), clock.now()
    uuids = [found for text in request.POST.getlist("zaak") if (found := _uuid(text))]
    what = request.POST.get("what", "")
    back = redirect(f"{reverse('desk:list')}?{_safe_query(request.POST.get('choice', ''))}")
    if not uuids or not _is_known(what, now=now):
        messages.warning(request, _("Nothing was done: tick the cases and choose what to do with them."))
        return back
    outcome = actions.do_many(uuids, what, staff=request.user, by=actor, now=now)  # type: ignore[arg-type]
    told = ngettext("Done with {n} case.", "Done with {n} cases.", outcome.done).format(n=outcome.done)
    messages.success(request, told)
    for zaak, refused in outcome.refused[:10]:
        messages.warning(request, f"{zaak.identificatie}: {sentence(refused)}")
    return back


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_known(what: str, *, now: Any) -> bool:
    kind, _sep, value = what.partition(":")
    if kind == "team":
        return value in {key for key, _one in queries.choices(now=now)["teams"]}
    return what == "take" or (kind == "priority" and value in dict(PRIORITIES))


def _safe_query(text: str) -> str:
    """Take over the choice of a list as it came along, without line ends or addresses."""
    return "".join(sign for sign in text[:500] if sign.isalnum() or sign in "=&-_.%+:")


@require_POST
@rights("cases.read")
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present choice under a name."""
    actor, now = actor_of(request), clock.now()
    form, query = SaveFilterForm(request.POST), _safe_query(request.POST.get("choice", ""))
    if form.is_valid():
        own = sorted(teams_of(int(actor.key), now=now))
        team = queries.choices(now=now)["teams"] if form.cleaned_data["share"] and own else []
        shared = next((one for key, one in team if int(key) in own), None)
        staff: Staff = request.user  # type: ignore[assignment]
        actions.save_filter(staff, form.cleaned_data["name"], query=query, team=shared, by=actor, now=now)
        messages.success(request, _("This choice is saved."))
    else:
        messages.warning(request, _("Not saved: a choice needs a name. Fill it in."))
    return redirect(f"{reverse('desk:list')}?{query}")


@require_POST
@rights("cases.read")
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a saved choice away."""
    actions.forget_filter(get_object_or_404(SavedFilter, pk=pk), by=actor_of(request), now=clock.now())
    messages.success(request, _("The saved choice is removed."))
    return redirect("desk:list")
