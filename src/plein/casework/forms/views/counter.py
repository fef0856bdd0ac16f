"""The counter twin: staff fill any form with or for somebody, with the same questions and extra help."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plein.casework.forms.actions import drafts
from plein.casework.forms.forms import sender_of
from plein.casework.forms.models import FormVersion
from plein.casework.forms.queries import forms as found_forms
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.views.drafts import language_now, step_address
from plein.foundation import clock
from plein.foundation.files.serving import file_response
from plein.foundation.identity.access import everyone, rights

CHANNELS = ("desk", "phone", "paper")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rights("forms.help")
def counter(request: HttpRequest) -> HttpResponseBase:
    """Choose a form and how somebody comes; the code on a paper form leads here with both chosen."""
    if request.method == "POST":
        return _begin(request)
    forms = [(version, form) for version, form in found_forms.open_forms() if form.settings.counter]
    number = request.GET.get("versie", "")
    context = {
        "forms": forms,
        "chosen": request.GET.get("formulier", ""),
        "version": number if number.isascii() and number.isdigit() else "",
        "channel": request.GET.get("kanaal", "desk"),
    }
    return render(request, "casework_forms/counter.html", context)


def _begin(request: HttpRequest) -> HttpResponseBase:
    """Begin a form for somebody; a paper form of an older version is typed over into that version."""
    key, channel, number = (request.POST.get(name, "") for name in ("form", "channel", "version"))
    version = found_forms.published(key)
    if channel == "paper" and number.isdigit() and int(number) != version.number:
        older = found_forms.version_of(key, int(number))
        version = older if older.state == FormVersion.PUBLISHED else version
    form = definition_of(version)
    if channel not in CHANNELS or not form.settings.counter:
        raise Http404
    drafts.begin(
        version,
        owner=sender_of(request),
        language=language_now(),
        channel=channel,
        helper_id=request.user.pk,
        now=clock.now(),
    )
    return redirect(step_address(key, form.steps[0].key))


@require_safe
@everyone
def paper(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the form as PDF to fill in by hand."""
    version = found_forms.published(key)
    language = language_now()
    digest = version.paper_en_sha256 if language == "en" else version.paper_nl_sha256
    if not digest:
        return _not_yet(request, key)
    return file_response(digest, name=f"{key}.pdf", media_type="application/pdf")


def _not_yet(request: HttpRequest, key: str) -> HttpResponse:
    version = found_forms.published(key)
    context = {"form": definition_of(version), "key": key}
    return render(request, "casework_forms/paper_soon.html", context, status=503)
