"""The work list of the data steward: requests for data, and what others made."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plein.foundation import clock
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.ui.refusals import sentence
from plein.foundation.ui.tables import Column, Table
from plein.insight.opendata.actions import asking
from plein.insight.opendata.forms import AnswerForm
from plein.insight.opendata.models import DataRequest, Reuse

PAGE = 50


def _state(state: str) -> tuple[str, str]:
    return {
        "new": ("attention", _("New")),
        "looking": ("busy", _("Looking into it")),
        "answered": ("good", _("Answered")),
        "declined": ("closed", _("Declined")),
    }[state]


@rights("opendata.answer")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """List what waits: open requests first, and what others made that nobody decided about."""
    shown = request.GET.get("state", "open")
    requests = DataRequest.objects.all()
    requests = requests.filter(state__in=["new", "looking"]) if shown == "open" else requests
    page = Paginator(requests.order_by("asked_at"), PAGE).get_page(request.GET.get("page"))
    context = {
        "table": _table(page.object_list),
        "page": page,
        "shown": shown,
        "waiting": list(Reuse.objects.filter(state="new").order_by("sent_at")[:PAGE]),
        "contracts": all_contracts(),
    }
    return render(request, "opendata/desk.html", context)


def _table(requests: list[DataRequest]) -> Table:
    agreed = all_contracts()
    rows = [
        {
            "reference": one.reference,
            "href": reverse("opendata:request", args=[one.reference]),
            "wanted": one.wanted[:160],
            "product": agreed[one.product].title if one.product in agreed else one.product,
            "asked_at": one.asked_at,
            "state": _state(one.state)[0],
            "word": _state(one.state)[1],
        }
        for one in requests
    ]
    return Table(
        caption=_("Requests for data"),
        rows=rows,
        empty=_("Nobody is waiting for an answer. New requests appear here."),
        columns=[
            Column(key="reference", title=_("Reference"), href="href"),
            Column(key="wanted", title=_("What is asked")),
            Column(key="product", title=_("Data product")),
            Column(key="asked_at", title=_("Asked")),
            Column(key="word", title=_("State"), status="state"),
        ],
    )


@rights("opendata.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Read one request and answer it."""
    found = DataRequest.objects.filter(reference=reference).first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST or None, initial={"state": "answered", "answer": found.answer})
    if request.method == "POST" and form.is_valid():
        try:
            asking.answer_request(reference, **form.cleaned_data, by=actor_of(request), now=clock.now())
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            return HttpResponseRedirect(reverse("opendata:desk"))
    kind, word = _state(found.state)
    context = {
        "asked": found,
        "form": form,
        "about": all_contracts().get(found.product),
        "state": kind,
        "state_word": word,
        "is_open": found.state in ("new", "looking"),
    }
    return render(request, "opendata/request.html", context)


@rights("opendata.answer")
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Show or decline what somebody made."""
    if not Reuse.objects.filter(reference=reference).exists():
        raise Http404
    asking.decide_reuse(reference, show=request.POST.get("show") == "yes", by=actor_of(request), now=clock.now())
    return HttpResponseRedirect(reverse("opendata:desk"))
