"""Behind the secret link: how it stands, adding, correcting, withdrawing, and saying whether it is solved."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plein.casework.forms.actions.uploads import take_files
from plein.casework.forms.forms import ask, sender_of
from plein.casework.forms.rules.questions import bind, filled, press
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.files.serving import file_response
from plein.foundation.identity.access import actor_of, everyone, is_from_outside
from plein.foundation.identity.actors import ANONYMOUS
from plein.foundation.identity.residents import principal_for
from plein.foundation.ui.refusals import sentence
from plein.service.reports.actions import following, handling
from plein.service.reports.forms import CONTACT, MORE
from plein.service.reports.models import Follower, Photo, Report
from plein.service.reports.queries.following import followed
from plein.service.reports.queries.links import held_by, secret_for
from plein.service.reports.queries.public import report_of
from plein.service.reports.views.notices import tell


def _language() -> str:
    return (get_language() or "nl")[:2]


@never_cache
@everyone
@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a report to who holds its link."""
    report, follower = held_by(secret)
    return _page(request, secret, report, follower)


def _page(
    request: HttpRequest, secret: str, report: Report, follower: Follower | None, status: int = 200, **more: Any
) -> HttpResponse:
    with transaction.atomic():
        shown = followed(report, follower, by=ANONYMOUS, now=clock.now())
    context = {
        "shown": shown,
        "secret": secret,
        "more": ask(MORE, fields={}, language=_language(), owner=sender_of(request)),
        "details": ask(CONTACT, fields=filled(CONTACT, shown.contact), language=_language()),
        **more,
    }
    answer = render(request, "reports/follow.html", context, status=status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@never_cache
@everyone
@require_POST
def add(request: HttpRequest, secret: str) -> HttpResponse:
    """Add something to a report."""
    report, follower = held_by(secret)
    now, owner = clock.now(), sender_of(request)
    fields = {name: request.POST.getlist(name) for name in request.POST}
    fields, wrong = take_files(MORE, request.FILES, fields, owner=owner, now=now, language=_language())
    pressed = press(MORE, fields, request.POST["press"]) if request.POST.get("press") else None
    answers, problems = bind(MORE, pressed or fields, _language())
    if pressed is not None or problems or wrong:
        asked = ask(MORE, fields=pressed or fields, problems={**problems, **wrong}, language=_language(), owner=owner)
        return _page(request, secret, report, follower, 200 if pressed is not None else 422, more=asked)
    try:
        following.add_text(
            report,
            str(answers.get("text", "")),
            follower=follower,
            photos=[str(one) for one in answers.get("photos", [])],
            photos_owner=owner,
            by=ANONYMOUS,
            now=now,
        )
    except Refused as refused:
        return _page(request, secret, report, follower, int(refused.status), problem=sentence(refused))
    tell(request, _("Added to the report."))
    return redirect("reports:follow", secret)


@never_cache
@everyone
@require_POST
def details(request: HttpRequest, secret: str) -> HttpResponse:
    """Correct or remove one's contact details."""
    report, follower = held_by(secret)
    gone = "remove" in request.POST
    answers, problems = ({}, {}) if gone else bind(CONTACT, request.POST, _language())
    if problems:
        asked = ask(CONTACT, fields=request.POST, problems=problems, language=_language())
        return _page(request, secret, report, follower, 422, details=asked)
    told = {name: str(value) for name, value in answers.items()}
    following.change_contact(report, told or None, follower=follower, by=ANONYMOUS, now=clock.now())
    tell(request, _("Your details are changed.") if told else _("Your details are removed."))
    return redirect("reports:follow", secret)


@never_cache
@everyone
@require_POST
def judge(request: HttpRequest, secret: str) -> HttpResponse:
    """Say whether it is solved."""
    report, follower = held_by(secret)
    answer = request.POST.get("solved", "")
    if answer not in ("yes", "no") or follower is not None:
        return _page(request, secret, report, follower, 422, problem=_("First choose yes or no."))
    try:
        main = report.merged_into or report
        handling.judge(
            main, answer == "yes", reason=request.POST.get("reason", "")[:1000], by=ANONYMOUS, now=clock.now()
        )
    except Refused as refused:
        return _page(request, secret, report, follower, int(refused.status), problem=sentence(refused))
    tell(
        request,
        _("Thank you for telling us.") if answer == "yes" else _("Your report is open again. Our team hears it."),
    )
    return redirect("reports:follow", secret)


@never_cache
@everyone
@require_POST
def withdraw(request: HttpRequest, secret: str) -> HttpResponse:
    """Take a report back, or stop following it."""
    report, follower = held_by(secret)
    now = clock.now()
    if follower is not None:
        following.stop_following(follower, by=ANONYMOUS, now=now)
        tell(request, _("You do not follow this report any more. Your details are removed."))
        return redirect("reports:list")
    try:
        kept = following.withdraw(report, by=ANONYMOUS, now=now)
    except Refused as refused:
        return _page(request, secret, report, follower, int(refused.status), problem=sentence(refused))
    open_still = kept.closed_at is None
    words = _("Others have this trouble too, so we go on with it. Your details are removed.")
    tell(request, words if open_still else _("Your report is withdrawn."))
    return redirect("reports:follow", secret)


@never_cache
@everyone
@require_safe
def photo(request: HttpRequest, secret: str, key: str) -> HttpResponseBase:
    """Show the reporter their own photo."""
    report, follower = held_by(secret)
    found = get_object_or_404(Photo, key=key, report=report)
    if follower is not None and found.state != "ready":
        found = get_object_or_404(Photo, key=key, report=report, state="ready")
    digest = found.public_preview_sha256 if follower else found.preview_sha256 or found.sha256
    return file_response(digest, name="foto.jpg", media_type="image/jpeg", inline=True)


@never_cache
@everyone
@require_http_methods(["GET", "HEAD", "POST"])
def me_too(request: HttpRequest, key: str) -> HttpResponse:
    """Say that one has the same trouble, with or without an address for messages."""
    shown = report_of(key, now=clock.now())
    report = shown.line.report
    if request.method != "POST":
        asked = ask(CONTACT, fields={}, language=_language())
        return render(request, "reports/me_too.html", {"shown": shown, "asked": asked})
    answers, problems = bind(CONTACT, request.POST, _language())
    if problems:
        asked = ask(CONTACT, fields=request.POST, problems=problems, language=_language())
        return render(
            request, "reports/me_too.html", {"shown": shown, "asked": asked, "problems": problems}, status=422
        )
    actor = actor_of(request)
    try:
        joined = following.follow(
            report,
            contact={name: str(value) for name, value in answers.items()},
            text=request.POST.get("more", "")[:3000],
            person=principal_for(actor) if is_from_outside(actor) else None,
            language=_language(),
            draft_key=_key(request, key),
            by=actor,
            now=clock.now(),
        )
    except Refused as refused:
        context = {"shown": shown, "asked": ask(CONTACT, fields=request.POST, language=_language())}
        return render(
            request, "reports/me_too.html", {**context, "problem": sentence(refused)}, status=int(refused.status)
        )
    request.session.pop("reports.draft", None)
    tell(request, _("We know that you have this trouble too. This page is your link: keep it."))
    return redirect("reports:follow", secret_for(joined.follower.key))


def _key(request: HttpRequest, key: str) -> str:
    """Give the same word each time this visitor follows this report, so that a double click counts once."""
    return f"{sender_of(request)[-20:]}/{key}"[:64]
