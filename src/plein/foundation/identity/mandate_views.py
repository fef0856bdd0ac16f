"""For whom somebody acts: choosing, stopping, and taking back what one gave."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity import sessions
from plein.foundation.identity.access import actor_of, resident_only
from plein.foundation.identity.audit import note
from plein.foundation.identity.coming_in import safe_next
from plein.foundation.identity.mandates import end_mandate, mandates_given_by, mandates_of
from plein.foundation.identity.models import Mandate
from plein.foundation.identity.residents import person_for


@never_cache
@require_safe
@resident_only
def mandates(request: HttpRequest) -> HttpResponse:
    """Show for whom one may act, and who may act for oneself."""
    now, person = clock.now(), person_for(actor_of(request))
    context = {
        "person": person,
        "acting_for": actor_of(request).facts.get("acting_for", ""),
        "for_others": mandates_of(person, now=now),
        "for_me": mandates_given_by(person, now=now),
        "next": request.GET.get("next", ""),
    }
    return render(request, "identity/mandates.html", context)


@require_POST
@resident_only
def choose(request: HttpRequest) -> HttpResponse:
    """Act for somebody from the next page on."""
    actor, now = actor_of(request), clock.now()
    chosen = request.POST.get("mandate", "")
    found = [one for one in mandates_of(person_for(actor), now=now) if str(one.pk) == chosen]
    if not found:
        raise NotFound(what=_("This mandate"))
    sessions.act_for(request, found[0])
    note("identity.act-for", subject=f"person:{found[0].principal.key}", by=actor, now=now, mandate=found[0].pk)
    return redirect(safe_next(request, request.POST.get("next", "")))


@require_POST
@resident_only
def stop(request: HttpRequest) -> HttpResponse:
    """Act for oneself again."""
    actor = actor_of(request)
    if "acting_for" in actor.facts:
        sessions.act_for(request, None)
        note("identity.act-for-self", subject=f"person:{actor.key}", by=actor, now=clock.now())
    return redirect(safe_next(request, request.POST.get("next", "")))


@require_POST
@resident_only
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a mandate that one has or gave."""
    actor, now = actor_of(request), clock.now()
    own = Mandate.objects.select_related("agent", "principal").filter(ended_at=None, until__gt=now)
    person = person_for(actor)
    mandate = get_object_or_404(own.filter(agent=person) | own.filter(principal=person), pk=pk)
    end_mandate(mandate, by=actor, now=now)
    messages.success(request, _("The mandate has ended."))
    return redirect("identity:mandates")
