"""Asking for data, finding the answer back, and telling what was made with data."""

import hashlib
import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from plein.foundation import clock
from plein.foundation.api.limits import address_of
from plein.foundation.catalogue.contracts import all_contracts, contract
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, everyone
from plein.foundation.ui.refusals import sentence
from plein.insight.opendata.actions import asking
from plein.insight.opendata.forms import AskForm, FindForm, PersonForm, ReuseForm
from plein.insight.opendata.models import DataRequest


def visitor_of(request: HttpRequest) -> str:
    """Tell visitors apart for one day, without knowing or keeping who they are."""
    day = clock.local_date(clock.now()).isoformat()
    address = address_of(request)
    return hmac.new(settings.SECRET_KEY.encode(), f"{day} {address}".encode(), hashlib.sha256).hexdigest()[:24]


def _may_send(form: PersonForm, request: HttpRequest) -> bool:
    """Tell whether a form is sound and its visitor not too busy; else the form says what is wrong."""
    if not form.is_valid():
        form.renew()
        return False
    try:
        asking.check_visitor(visitor_of(request))
    except Refused as refused:
        form.add_error(None, sentence(refused))
        return False
    return True


@everyone
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for data; `?product=` names the product it is about."""
    if reference := request.GET.get("reference"):
        return _find(reference)
    about = all_contracts().get(request.GET.get("product", ""))
    now = clock.now()
    form = AskForm(request.POST or None, now=now.timestamp())
    if request.method == "POST" and _may_send(form, request):
        made = asking.ask_for_data(
            form.cleaned_data["wanted"],
            purpose=form.cleaned_data["purpose"],
            product=about.key if about else "",
            by=actor_of(request),
            now=now,
        )
        return HttpResponseRedirect(reverse("opendata:answer", args=[made.reference]))
    return render(request, "opendata/ask.html", {"form": form, "about": about})


def _find(reference: str) -> HttpResponse:
    """Go to the answer of a reference that somebody typed."""
    form = FindForm({"reference": reference.strip()})
    if not form.is_valid():
        raise Http404
    letters = form.cleaned_data["reference"].upper().replace("-", "")
    return HttpResponseRedirect(reverse("opendata:answer", args=[f"{letters[:4]}-{letters[4:]}"]))


@everyone
@require_safe
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a request and its answer to whoever has the reference number."""
    found = DataRequest.objects.filter(reference=reference.upper()).first()
    if found is None:
        raise Http404
    about = all_contracts().get(found.product)
    states = {
        "new": ("unknown", _("Received, nobody has looked at it yet")),
        "looking": ("busy", _("We are looking into it")),
        "answered": ("good", _("Answered")),
        "declined": ("attention", _("Declined")),
    }
    kind, word = states[found.state]
    context = {"asked": found, "about": about, "state": kind, "state_word": word}
    return render(request, "opendata/answer.html", context)


@everyone
@require_http_methods(["GET", "HEAD", "POST"])
def reuse(request: HttpRequest, key: str) -> HttpResponse:
    """Tell what was made with a product."""
    about = contract(key)
    now = clock.now()
    form = ReuseForm(request.POST or None, now=now.timestamp())
    if request.method == "POST" and _may_send(form, request):
        told = {name: form.cleaned_data[name] for name in ("link", "text", "maker")}
        made = asking.tell_reuse(form.cleaned_data["title"], product=key, by=actor_of(request), now=now, **told)
        return render(request, "opendata/reuse_sent.html", {"about": about, "made": made})
    return render(request, "opendata/reuse.html", {"form": form, "about": about})
