"""Saying it: one question per page, kept in the session, without JavaScript, and filed once."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plein.casework.forms.actions.uploads import held, take_files
from plein.casework.forms.forms import ask, sender_of
from plein.casework.forms.rules.definition import Question
from plein.casework.forms.rules.questions import bind, filled, press
from plein.foundation import clock
from plein.foundation.api.limits import address_of
from plein.foundation.errors import NotFound, Refused
from plein.foundation.identity.access import actor_of, everyone, is_from_outside
from plein.foundation.identity.residents import principal_for
from plein.foundation.ui.refusals import sentence
from plein.service.reports.actions.filing import file_report
from plein.service.reports.errors import DangerNotSeen
from plein.service.reports.forms import CONTACT, WHAT, questions_of
from plein.service.reports.models import Asset, Report
from plein.service.reports.queries import categories
from plein.service.reports.queries.choosing import choices_for
from plein.service.reports.queries.links import follow_link
from plein.service.reports.queries.places import Spot, name_of, pick_map, spot_of, spots_for
from plein.service.reports.queries.suggesting import suggest
from plein.service.reports.queries.wording import speaks_of_danger
from plein.service.reports.rules.filing import Said, tidy
from plein.service.reports.rules.spam import LEAST_SECONDS
from plein.service.reports.rules.steps import TITLES, Draft, may_open, next_step, steps
from plein.service.reports.views import drafts

Answer = HttpResponse
HONEYPOT = "website"


def _language() -> str:
    return (get_language() or "nl")[:2]


@never_cache
@everyone
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin, or go on with, a report: the first step."""
    return _step(request, "wat")


@never_cache
@everyone
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """Show or take one step; a step that comes too early leads to the one that is missing."""
    if step not in TITLES:
        raise NotFound(what=_("This step"))
    return _step(request, step)


def _step(request: HttpRequest, name: str) -> HttpResponse:
    draft = drafts.draft_of(request, now=clock.now())
    around = drafts.around(draft)
    if not may_open(name, draft, around):
        return redirect("reports:step", next_step(draft, around))
    if request.method == "POST":
        return POSTS[name](request, draft)
    return _show(request, draft, name)


def _show(request: HttpRequest, draft: Draft, name: str, status: int = 200, **more: Any) -> HttpResponse:
    """Draw a step with what its page needs."""
    order = steps(draft, drafts.around(draft))
    place = order.index(name) if name in order else 0
    context = {
        "draft": draft,
        "step": name,
        "step_title": TITLES[name],
        "number": place + 1,
        "total": len(order),
        "earlier": order[place - 1] if place else "",
        "phone": settings.PLEIN["PHONE"],
        "bare_phone": settings.PLEIN["PHONE"].replace(" ", ""),
        "honeypot": HONEYPOT,
        **CONTEXTS[name](request, draft),
        **more,
    }
    return render(request, f"reports/new/{name}.html", context, status=status)


def _on(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Keep the draft and go to the next step; to the check page after changing one thing."""
    drafts.keep(request, draft)
    return redirect("reports:step", next_step(draft, drafts.around(draft)))


# -- what ------------------------------------------------------------------------------------------------------------


def _what_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    fields = filled(WHAT, {"text": draft.text, "photos": draft.photos} if draft.text or draft.photos else {})
    return {"asked": ask(WHAT, fields=fields, language=_language(), owner=sender_of(request))}


def _post_what(request: HttpRequest, draft: Draft) -> HttpResponse:
    now, owner = clock.now(), sender_of(request)
    fields = {name: request.POST.getlist(name) for name in request.POST}
    fields, wrong = take_files(WHAT, request.FILES, fields, owner=owner, now=now, language=_language())
    pressed = press(WHAT, fields, request.POST.get("press", "")) if request.POST.get("press") else None
    answers, problems = bind(WHAT, pressed or fields, _language())
    problems = {} if pressed is not None else {**problems, **wrong}
    draft.photos = [str(one) for one in answers.get("photos", [])]
    draft.text = tidy(str(answers.get("text", ""))) or draft.text * bool(problems)
    drafts.keep(request, draft)
    if problems or pressed is not None:
        asked = ask(WHAT, fields=pressed or fields, problems=problems, language=_language(), owner=owner)
        return _show(request, draft, "wat", 422 if problems else 200, asked=asked, problems=problems)
    found = suggest(draft.text, language=_language(), now=now)
    draft.suggestions = [[one.category, round(one.certainty, 3), one.is_sure] for one in found]
    return _on(request, draft)


# -- danger ----------------------------------------------------------------------------------------------------------


def _danger_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    category = drafts.category_of(draft)
    danger = speaks_of_danger(draft.text)
    own = (category.danger_phone if category else "") or settings.PLEIN["PHONE"]
    first = danger.phone if danger and danger.phone else ""
    return {"category": category, "danger": danger, "danger_phone": own, "first_phone": first}


def _post_danger(request: HttpRequest, draft: Draft) -> HttpResponse:
    if request.POST.get("called") not in ("called", "no-danger"):
        problem = _("First say whether you called, or that nobody is in danger.")
        return _show(request, draft, "gevaar", 422, problem=problem)
    draft.danger_seen = True
    return _on(request, draft)


# -- kind ------------------------------------------------------------------------------------------------------------


def _kind_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    words = request.GET.get("zoek", "")[:80]
    return {"choices": choices_for(draft, words=words, language=_language()), "words": words}


def _post_kind(request: HttpRequest, draft: Draft) -> HttpResponse:
    slug = request.POST.get("category", "")
    if not slug:
        return _show(request, draft, "soort", 422, problem=_("Nothing is chosen yet. Choose one."))
    chosen = categories.category(slug)
    if chosen.slug != draft.category:
        draft.answers, draft.answered, draft.not_same, draft.asset_asked = {}, False, False, False
    draft.category = chosen.slug
    return _on(request, draft)


# -- place -----------------------------------------------------------------------------------------------------------


def _place_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    words = request.GET.get("zoek", "")[:120]
    uploads = held(draft.photos, owner=sender_of(request)) if draft.photos else []
    spots = spots_for(
        words, photos=[(one.lon, one.lat) for one in uploads if one.lon is not None and one.lat is not None]
    )
    return {"spots": spots, "words": words, "map": pick_map(draft.lon, draft.lat), "is_searched": bool(words)}


def _post_place(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        spot = spot_of(request.POST)
    except Refused as refused:
        return _show(request, draft, "plaats", 422, problem=sentence(refused))
    if (spot.lon, spot.lat) != (draft.lon, draft.lat):
        draft.not_same, draft.asset, draft.asset_asked = False, spot.asset, bool(spot.asset)
    draft.lon, draft.lat, draft.place_found = spot.lon, spot.lat, spot.how
    draft.address = _address(spot, tidy(request.POST.get("spot", ""))[:120])
    return _on(request, draft)


def _address(spot: Spot, told: str) -> str:
    named = spot.name or name_of(spot.lon, spot.lat)
    return f"{named} ({told})" if named and told else named or told


# -- thing -----------------------------------------------------------------------------------------------------------


def _thing_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    return {"things": drafts.things_for(draft)}


def _post_thing(request: HttpRequest, draft: Draft) -> HttpResponse:
    key = request.POST.get("asset", "")
    asset = Asset.objects.filter(key=key, is_active=True).first() if key and key != "none" else None
    if key and key != "none" and asset is None:
        raise NotFound(what=key[:60])
    if asset is not None:
        draft.lon, draft.lat = asset.lon, asset.lat
    draft.asset, draft.asset_asked = (asset.key if asset else ""), True
    return _on(request, draft)


# -- the same --------------------------------------------------------------------------------------------------------


def _same_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    return {"near": drafts.same_as(draft)}


def _post_same(request: HttpRequest, draft: Draft) -> HttpResponse:
    draft.not_same = True
    return _on(request, draft)


# -- more questions --------------------------------------------------------------------------------------------------


def _more_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    category = drafts.category_of(draft)
    questions = questions_of(category.questions if category else [])
    return {
        "asked": ask(questions, fields=filled(questions, draft.answers), answers=draft.answers, language=_language())
    }


def _post_more(request: HttpRequest, draft: Draft) -> HttpResponse:
    category = drafts.category_of(draft)
    questions = questions_of(category.questions if category else [])
    answers, problems = bind(questions, request.POST, _language(), today=clock.local_date(clock.now()))
    if problems:
        asked = ask(questions, fields=request.POST, problems=problems, answers=answers, language=_language())
        return _show(request, draft, "vragen", 422, asked=asked, problems=problems)
    draft.answers, draft.answered = answers, True
    return _on(request, draft)


# -- contact ---------------------------------------------------------------------------------------------------------


def _contact_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    asked = ask(CONTACT, fields=filled(CONTACT, draft.contact), language=_language())
    return {"asked": asked, "is_logged_in": is_from_outside(actor_of(request))}


def _post_contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    answers, problems = bind(CONTACT, request.POST, _language())
    if problems:
        asked = ask(CONTACT, fields=request.POST, problems=problems, language=_language())
        return _show(request, draft, "contact", 422, asked=asked, problems=problems)
    draft.contact, draft.contact_asked = {name: str(value) for name, value in answers.items()}, True
    return _on(request, draft)


# -- check and send --------------------------------------------------------------------------------------------------


def _check_context(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    category = drafts.category_of(draft)
    questions = questions_of(category.questions if category else [])
    said = [(one.label, _in_words(one, draft.answers[one.key])) for one in questions if one.key in draft.answers]
    asset = Asset.objects.filter(key=draft.asset).first() if draft.asset else None
    uploads = held(draft.photos, owner=sender_of(request)) if draft.photos else []
    return {"category": category, "said": said, "asset": asset, "uploads": uploads}


def _in_words(question: Question, answer: Any) -> Any:
    """Say an answer as the page that asked it did."""
    return next((choice.label for choice in question.choices if choice.key == answer), answer)


def _post_check(request: HttpRequest, draft: Draft) -> HttpResponse:
    now = clock.now()
    too_fast = now.timestamp() - draft.started < LEAST_SECONDS
    if request.POST.get(HONEYPOT) or too_fast:
        problem = _("This went faster than a person can. Wait a moment and send it again.")
        return _show(request, draft, "controle", 422, problem=problem)
    actor = actor_of(request)
    person = principal_for(actor) if is_from_outside(actor) else None
    try:
        done = file_report(said_of(request, draft), person=person, by=actor, now=now)
    except DangerNotSeen:
        return redirect("reports:step", "gevaar")
    except Refused as refused:
        return _show(request, draft, "controle", int(refused.status), problem=sentence(refused), refused=refused.code)
    request.session[drafts.SENT] = done.report.public_key
    drafts.drop(request)
    return redirect("reports:sent")


def said_of(request: HttpRequest, draft: Draft) -> Said:
    """Give what the draft says, as it is filed."""
    slug, certainty, is_sure = draft.suggestions[0] if draft.suggestions else ("", None, False)
    return Said(
        text=draft.text,
        category=draft.category,
        lon=draft.lon,
        lat=draft.lat,
        address=draft.address,
        place_found=draft.place_found,
        asset=draft.asset,
        answers=draft.answers,
        contact=draft.contact,
        language=_language(),
        source="desk" if actor_of(request).kind == "staff" else "web",
        photos=draft.photos,
        photos_owner=sender_of(request),
        danger_seen=draft.danger_seen,
        suggested=slug,
        certainty=certainty,
        chosen_by="suggestion" if is_sure and slug == draft.category else "reporter",
        draft_key=draft.key,
        origin=address_of(request),
    )


@never_cache
@everyone
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say that it was filed, when it will be done, and how to follow it."""
    key = request.session.get(drafts.SENT)
    report = Report.objects.select_related("zaak", "category").filter(public_key=key).first() if key else None
    if report is None:
        return redirect("reports:new")
    return render(
        request, "reports/new/sent.html", {"report": report, "link": follow_link(report, language=_language())}
    )


@everyone
@require_safe
def thing(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a report about the thing whose QR code was scanned: its kind, place and number are filled in."""
    asset = Asset.objects.select_related("owner").filter(key=key, is_active=True).first()
    if asset is None:
        raise NotFound(what=key[:60])
    draft = drafts.draft_of(request, now=clock.now())
    draft.asset, draft.asset_asked = asset.key, True
    draft.lon, draft.lat, draft.place_found, draft.address = asset.lon, asset.lat, "asset", asset.title_nl
    fitting = [one for one in categories.categories() if one.asset_kind == asset.kind]
    draft.category = fitting[0].slug if len(fitting) == 1 else ""
    drafts.keep(request, draft)
    return redirect("reports:new")


@everyone
@require_http_methods(["POST"])
def forget(request: HttpRequest) -> HttpResponse:
    """Throw away what was typed so far."""
    drafts.drop(request)
    return redirect("reports:list")


POSTS: dict[str, Callable[[HttpRequest, Draft], HttpResponse]] = {
    "wat": _post_what,
    "gevaar": _post_danger,
    "soort": _post_kind,
    "plaats": _post_place,
    "ding": _post_thing,
    "zelfde": _post_same,
    "vragen": _post_more,
    "contact": _post_contact,
    "controle": _post_check,
}
CONTEXTS: dict[str, Callable[[HttpRequest, Draft], dict[str, Any]]] = {
    "wat": _what_context,
    "gevaar": _danger_context,
    "soort": _kind_context,
    "plaats": _place_context,
    "ding": _thing_context,
    "zelfde": _same_context,
    "vragen": _more_context,
    "contact": _contact_context,
    "controle": _check_context,
}
