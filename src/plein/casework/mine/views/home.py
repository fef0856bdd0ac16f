"""The door: what waits for you, your cases, and where the rest is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plein.casework.messages.queries import unread_count
from plein.casework.mine import actions
from plein.casework.mine.queries import cases
from plein.casework.mine.queries.standing import standing_of
from plein.foundation import clock
from plein.foundation.identity.access import actor_of, resident_only

SHOWN = 5


@never_cache
@require_safe
@resident_only
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, the open cases that come first, and what rooms tell."""
    now = clock.now()
    standing = standing_of(actor_of(request), now=now)
    actions.note_look(standing, ["cases", "status"], now=now)
    found = cases.newest_open(standing, most=SHOWN, now=now)
    cards = cases.cards(standing, now=now)
    context = {
        "standing": standing,
        "cases": found[:SHOWN],
        "more": len(found) > SHOWN,
        "waiting": [one for one in found if one.waits],
        "asked": [line for _, lines in cards for line in lines if line.get("waits")],
        "cards": [(title, [line for line in lines if not line.get("waits")]) for title, lines in cards],
        "unread": unread_count(standing.person) if standing.is_whole else 0,
        "tab": "home",
    }
    return render(request, "mine/home.html", context)
