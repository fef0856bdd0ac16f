"""A person's inbox."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plein.casework.messages import actions as told
from plein.casework.messages import queries as inbox
from plein.casework.mine.queries.standing import standing_of
from plein.foundation import clock
from plein.foundation.api.paging import cursor_of, place_of
from plein.foundation.identity.access import actor_of, resident_only

PAGE = 25


@never_cache
@require_safe
@resident_only
def listed(request: HttpRequest) -> HttpResponse:
    """List the messages, newest first."""
    now, actor = clock.now(), actor_of(request)
    standing = standing_of(actor, now=now).whole()
    place = request.GET.get("na", "")
    before = int(place_of(place)[0]) if place else None
    found = inbox.inbox(standing.person, by=actor, now=now, before=before, size=PAGE + 1)
    after = cursor_of(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {"standing": standing, "found": found[:PAGE], "after": after, "tab": "messages"}
    return render(request, "mine/messages.html", context)


@never_cache
@require_safe
@resident_only
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one message; the person's own first look makes it read, that of who acts for them does not."""
    now, actor = clock.now(), actor_of(request)
    standing = standing_of(actor, now=now).whole()
    found = inbox.message_for(standing.person, uuid, by=actor, now=now)
    if standing.mandate is None:
        told.mark_read(found.pk, person=standing.person, now=now)
    return render(request, "mine/message.html", {"standing": standing, "message": found, "tab": "messages"})


@never_cache
@require_safe
@resident_only
def letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a message as a letter, or with `plaatjes` as a picture letter."""
    from plein.casework.messages.actions.letters import Letter, set_letters

    now, actor = clock.now(), actor_of(request)
    standing = standing_of(actor, now=now).whole()
    found = inbox.message_for(standing.person, uuid, by=actor, now=now)
    to = inbox.preferences(standing.person, now=now).postal or (found.name,)
    made = set_letters([Letter.of(found, to, in_pictures="plaatjes" in request.GET)])
    headers = {"Content-Disposition": f'attachment; filename="bericht-{found.created_at:%Y-%m-%d}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
