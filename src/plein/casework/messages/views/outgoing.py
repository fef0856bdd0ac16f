"""The mail room: what did not arrive, what waits, letters to print and people to call."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plein.casework.messages.actions import delivering, handling
from plein.casework.messages.forms import CHANNELS, CallForm, OtherWayForm, SeenForm
from plein.casework.messages.models import Dispatch, LetterBatch
from plein.casework.messages.queries import message_of_case, outgoing
from plein.casework.messages.rules import saying
from plein.foundation import clock
from plein.foundation.errors import NotFound, Refused
from plein.foundation.identity.access import actor_of, rights, staff_only
from plein.foundation.ui.refusals import parted

PAGE = 50


def _words(refused: Refused) -> str:
    return " ".join(part for part in parted(refused) if part)


def _show_choices(chosen: str, counts: dict[str, int]) -> list[tuple[str, str, bool]]:
    words = {
        "somebody": _("Needs somebody ({count})").format(count=counts["somebody"]),
        "waiting": _("Waiting"),
        "sent": _("Sent"),
        "all": _("All"),
    }
    return [(key, word, key == chosen) for key, word in words.items()]


@require_safe
@rights("messages.dispatch")
def board(request: HttpRequest) -> HttpResponse:
    """List what goes out, first what needs somebody."""
    show = request.GET.get("show", "somebody")
    show = show if show in outgoing.SHOW else "somebody"
    channel = request.GET.get("channel", "")
    page = Paginator(outgoing.outgoing(show, channel), PAGE).get_page(request.GET.get("page"))
    counts = outgoing.counts()
    context = {
        "page": page,
        "rows": [outgoing.row_of(one) for one in page.object_list],
        "counts": counts,
        "show": show,
        "shows": _show_choices(show, counts),
        "channel": channel,
        "channels": [(key, word, key == channel) for key, word in CHANNELS],
        "no_mail": not delivering.is_set("email"),
        "no_sms": not delivering.is_set("sms"),
    }
    return render(request, "messages/board.html", context)


def _opened(request: HttpRequest, uuid: UUID) -> outgoing.Opened:
    try:
        return outgoing.dispatch_for(uuid, by=actor_of(request), now=clock.now())
    except NotFound as missing:
        raise Http404 from missing


@rights("messages.dispatch")
def dispatch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one dispatch: what it says, to whom, how it went, and what can be done; POST sends it another way."""
    opened = _opened(request, uuid)
    start = {"seen": opened.dispatch.attempts, "name": opened.message.name}
    form = OtherWayForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        change: dict[str, Any] = {"in_pictures": said["in_pictures"], "seen": said["seen"], "to": said}
        try:
            by, now = actor_of(request), clock.now()
            made = handling.other_way(opened.dispatch, said["channel"], **change, by=by, now=now)
        except Refused as refused:
            form.add_error(None, _words(refused))
        else:
            messages.success(request, _("The message goes another way."))
            return redirect("casework_messages:dispatch", uuid=made.uuid)
    may_change = opened.dispatch.state in handling.STUCK
    context = {
        "opened": opened,
        "row": opened.row,
        "message": opened.message,
        "form": form,
        "seen": SeenForm(initial={"seen": opened.dispatch.attempts}),
        "may_change": may_change,
        "may_retry": may_change and opened.dispatch.channel in delivering.BY_MACHINE,
        "is_perhaps": opened.dispatch.state == Dispatch.PERHAPS,
    }
    return render(request, "messages/dispatch.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, uuid: UUID, change: Callable[..., None], said: str) -> HttpResponse:
    """Make a change to a dispatch and go back to it; a refusal is said there."""
    found, form = Dispatch.objects.filter(uuid=uuid).first(), SeenForm(request.POST)
    if found is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("Not done: look at the page again, and decide."))
        return redirect("casework_messages:dispatch", uuid=uuid)
    given = {"reason": form.cleaned_data["reason"]} if change is not handling.retry else {}
    try:
        change(found, seen=form.cleaned_data["seen"], by=actor_of(request), now=clock.now(), **given)
    except Refused as refused:
        messages.error(request, _words(refused))
    else:
        messages.success(request, said)
    return redirect("casework_messages:dispatch", uuid=uuid)


@require_POST
@rights("messages.dispatch")
def retry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send again."""
    return _decide(request, uuid, handling.retry, _("The message is sent again within a minute."))


@require_POST
@rights("messages.dispatch")
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send no more."""
    return _decide(request, uuid, handling.stop, _("The message is not sent any more."))


@require_POST
@rights("messages.dispatch")
def arrived(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that it arrived after all."""
    return _decide(request, uuid, handling.arrived, _("It is written down that the message arrived."))


# -- letters ----------------------------------------------------------------------------------------------------------


@rights("messages.dispatch")
def letters(request: HttpRequest) -> HttpResponse:
    """Show how many letters wait and what was printed; POST takes those that wait together."""
    if request.method == "POST":
        batch = handling.make_batch(by=actor_of(request), now=clock.now())
        if batch is None:
            messages.error(request, _("No letters wait. There is nothing to print."))
            return redirect("casework_messages:letters")
        messages.success(request, _("The letters stand together. Print them, and say when they are posted."))
        return redirect("casework_messages:letters")
    context = {"counts": outgoing.counts(), "batches": outgoing.batches(now=clock.now())}
    return render(request, "messages/letters.html", context)


def _batch(number: int) -> LetterBatch:
    found = LetterBatch.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
@rights("messages.dispatch")
def letters_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """Give the letters of a batch as one PDF."""
    from plein.casework.messages.actions.letters import Letter, set_letters

    opened = outgoing.letters_of(_batch(number), by=actor_of(request), now=clock.now())
    if not opened:
        raise Http404
    made = set_letters([Letter.of(one.message, one.to, in_pictures=one.dispatch.in_pictures) for one in opened])
    headers = {"Content-Disposition": f'attachment; filename="brieven-{number}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _batch_done(request: HttpRequest, number: int, change: Callable[..., int], said: str) -> HttpResponse:
    try:
        change(_batch(number), by=actor_of(request), now=clock.now())
    except Refused as refused:
        messages.error(request, _words(refused))
    else:
        messages.success(request, said)
    return redirect("casework_messages:letters")


@require_POST
@rights("messages.dispatch")
def letters_posted(request: HttpRequest, number: int) -> HttpResponse:
    """Write down that a batch was posted."""
    return _batch_done(request, number, handling.post_batch, _("It is written down that the letters were posted."))


@require_POST
@rights("messages.dispatch")
def letters_back(request: HttpRequest, number: int) -> HttpResponse:
    """Have the letters of a batch wait again."""
    return _batch_done(request, number, handling.put_back, _("The letters wait again."))


# -- calls ------------------------------------------------------------------------------------------------------------


@require_safe
@rights("messages.dispatch")
def calls(request: HttpRequest) -> HttpResponse:
    """List who is to be called."""
    return render(request, "messages/calls.html", {"rows": outgoing.calls()})


@rights("messages.dispatch")
def call(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what to say on the phone, in order; POST writes down how it went."""
    opened = _opened(request, uuid)
    if opened.dispatch.channel != "phone":
        raise Http404
    form = CallForm(request.POST or None, initial={"seen": opened.dispatch.attempts})
    if request.method == "POST" and form.is_valid():
        said, by, now = form.cleaned_data, actor_of(request), clock.now()
        spoken = said["spoken"] == "yes"
        try:
            handling.called(opened.dispatch, spoken=spoken, words=said["words"], seen=said["seen"], by=by, now=now)
        except Refused as refused:
            form.add_error(None, _words(refused))
        else:
            messages.success(request, _("Your call is written down."))
            return redirect("casework_messages:calls")
    told = {"title": opened.message.title, "blocks": opened.message.blocks, "reference": opened.message.reference}
    context = {
        "opened": opened,
        "form": form,
        "is_open": opened.dispatch.state == Dispatch.WAITING,
        "lines": saying.script(told, language=opened.message.language, organisation=_organisation()),
    }
    return render(request, "messages/call.html", context, status=422 if form.errors else 200)


def _organisation() -> str:
    from django.conf import settings

    return str(settings.PLEIN["ORGANISATION"])


# -- of a case --------------------------------------------------------------------------------------------------------


@require_safe
@staff_only
def of_case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a message about a case to staff who may see that case."""
    try:
        message = message_of_case(uuid, by=actor_of(request), now=clock.now())
    except NotFound as missing:
        raise Http404 from missing
    return render(request, "messages/of_case.html", {"message": message})
