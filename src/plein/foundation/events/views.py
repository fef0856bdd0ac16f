"""The pages of administrators: what happened, what could not be delivered, and who is told outside."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from plein.foundation import clock
from plein.foundation.events import outbox, webhooks
from plein.foundation.events.forms import SubscriptionForm
from plein.foundation.events.listening import announced
from plein.foundation.events.models import Delivery, Message, Subscription
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.audit import note
from plein.foundation.words import Text

PAGE = 50
STATUS = {Delivery.WAITING: "busy", Delivery.DONE: "good", Delivery.DEAD: "wrong", Delivery.DROPPED: "neutral"}


@dataclass(frozen=True)
class Line:
    """A delivery on the page, with what happened in words; of_one: how many dead letters its receiver has."""

    delivery: Delivery
    title: Text
    of_one: int = 0


@dataclass(frozen=True)
class Told:
    """An event on the page, with how its deliveries stand."""

    message: Message
    title: Text
    states: list[tuple[str, str, int]]


@rights("events.manage")
def events(request: HttpRequest) -> HttpResponse:
    """List dead letters, subscriptions and events, the newest first."""
    page = Paginator(Message.objects.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    dead = list(outbox.dead_letters()[:PAGE])
    many = dict(outbox.dead_letters().order_by().values_list("listener").annotate(count=Count("pk")))
    context = {
        "dead": [Line(one, _title(one.message.type), many.get(one.listener, 0)) for one in dead],
        "again": [Line(one, _title(one.message.type)) for one in outbox.failing()[:PAGE]],
        "dead_count": outbox.dead_letters().count(),
        "subscriptions": Subscription.objects.order_by("title"),
        "told": _told(list(page.object_list)),
        "page": page,
    }
    return render(request, "events/events.html", context)


@require_POST
@rights("events.manage")
def settle(request: HttpRequest, delivery: int) -> HttpResponse:
    """Deliver a dead letter again, or all of the same receiver, or decide that it need not be delivered."""
    by, now = actor_of(request), clock.now()
    if request.POST.get("all"):
        found = get_object_or_404(Delivery, pk=delivery)
        count = outbox.replay_all(found.listener, now=now)
        note("events.replay-all", subject=f"listener:{found.listener}", by=by, now=now, count=count)
        messages.success(request, _("{count} events will be delivered again.").format(count=count))
    elif request.POST.get("drop"):
        outbox.drop(delivery, now=now)
        note("events.drop", subject=f"delivery:{delivery}", by=by, now=now)
        messages.success(request, _("This event will not be delivered any more."))
    else:
        outbox.replay(delivery, now=now)
        note("events.replay", subject=f"delivery:{delivery}", by=by, now=now)
        messages.success(request, _("This event will be delivered again within a minute."))
    return redirect("events:list")


@rights("events.manage")
def subscribe(request: HttpRequest) -> HttpResponse:
    """Make a subscription; its secret is shown once."""
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made, secret = webhooks.subscribe(
            told["title"], url=told["url"], types=told["types"], by=actor_of(request), now=clock.now()
        )
        return render(request, "events/subscribed.html", {"subscription": made, "secret": secret})
    return render(request, "events/subscribe.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@rights("events.manage")
def unsubscribe(request: HttpRequest, subscription: int) -> HttpResponse:
    """Stop telling a subscriber."""
    found = get_object_or_404(Subscription, pk=subscription, is_active=True)
    webhooks.unsubscribe(found, why=_("Stopped by an administrator."))
    note("events.unsubscribe", subject=f"subscription:{subscription}", by=actor_of(request), now=clock.now())
    messages.success(request, _("{title} gets no events any more.").format(title=found.title))
    return redirect("events:list")


def _title(type_name: str) -> Text:
    event = announced().get(type_name)
    return event.title if event else Text(type_name, type_name)


def _told(shown: list[Message]) -> list[Told]:
    """Count the deliveries of all events on the page in one query."""
    counts: dict[int, list[tuple[str, str, int]]] = {}
    rows = Delivery.objects.filter(message__in=shown).values_list("message", "state").annotate(count=Count("pk"))
    for message, state, count in rows.order_by("state"):
        counts.setdefault(message, []).append((STATUS[state], _word(state), count))
    return [Told(one, _title(one.type), counts.get(one.pk, [])) for one in shown]


def _word(state: str) -> str:
    words = {
        Delivery.WAITING: _("Waiting"),
        Delivery.DONE: _("Delivered"),
        Delivery.DEAD: _("Given up"),
        Delivery.DROPPED: _("Dropped"),
    }
    return words[state]
