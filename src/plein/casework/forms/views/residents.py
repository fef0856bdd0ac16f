"""Filling in a form: its first page, its steps, checking, sending, going on later, and stopping."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plein.casework.forms.actions import drafts, feedback, places, resuming, submitting, uploads
from plein.casework.forms.errors import NotWhole
from plein.casework.forms.forms import ask, problems_of, sender_of
from plein.casework.forms.models import Draft, Submission, Upload
from plein.casework.forms.queries import forms as found_forms
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules import sending
from plein.casework.forms.rules.conditions import questions_in
from plein.casework.forms.rules.definition import Form, Step, all_questions
from plein.casework.forms.rules.questions import bind, prefilled, press
from plein.casework.forms.rules.travel import CHECK, Way
from plein.casework.forms.views.drafts import (
    HELP,
    Elsewhere,
    Visit,
    check_helper,
    language_now,
    login_address,
    step_address,
    visit,
)
from plein.foundation import clock
from plein.foundation.errors import NotFound
from plein.foundation.identity.access import actor_of, everyone, is_from_outside
from plein.foundation.identity.actors import can
from plein.foundation.identity.residents import person_by_bsn

View = Callable[..., HttpResponseBase]
ONLY_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


def _guided(view: View) -> View:
    """Send a visitor to the page that comes first, when there is one."""

    @wraps(view)
    def guided(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Elsewhere as other:
            return other.answer

    return guided


@require_safe
@everyone
def index(request: HttpRequest) -> HttpResponse:
    """List what can be arranged with a form."""
    return render(request, "casework_forms/index.html", {"forms": found_forms.open_forms()})


@never_cache
@ONLY_GET_POST
@everyone
def start(request: HttpRequest, key: str) -> HttpResponseBase:
    """Say what the form is for, what it takes and which other ways there are; POST begins."""
    version = found_forms.published(key)
    form, owner = definition_of(version), sender_of(request)
    draft = drafts.find(key, owner=owner)
    busy = draft if draft is not None and draft.sent_at is None and draft.helper_id is None else None
    if request.method == "POST":
        if busy is None or request.POST.get("do") == "anew":
            busy = _begin(request, key, owner=owner)
        return _on(request, busy)
    context = {
        "version": version,
        "form": form,
        "key": key,
        "busy": busy,
        "asked": request.GET.urlencode(),
        "needs": form.needs.said(language_now()).splitlines(),
        "is_known": is_from_outside(actor_of(request)),
    }
    return render(request, "casework_forms/start.html", context)


def _begin(request: HttpRequest, key: str, *, owner: str) -> Draft:
    version = found_forms.published(key)
    query = {name: request.GET.get(name, "") for name in request.GET}
    fields = prefilled(all_questions(definition_of(version)), query=query, asset=query)
    return drafts.begin(version, owner=owner, language=language_now(), fields=fields, now=clock.now())


def _on(request: HttpRequest, draft: Draft) -> HttpResponseBase:
    """Go to the step where the draft stands, by way of the login when that comes first."""
    form = definition_of(draft.version)
    key = draft.version.form.key
    step = draft.step if drafts.step_of(form, draft.step) else form.steps[0].key
    wants_login = request.POST.get("login") == "yes" or form.settings.login == "needed"
    if wants_login and not is_from_outside(actor_of(request)) and form.settings.login != "none":
        return redirect(login_address(step_address(key, step)))
    return redirect(step_address(key, step))


# -- a step -----------------------------------------------------------------------------------------------------------


@never_cache
@ONLY_GET_POST
@everyone
@_guided
def step(request: HttpRequest, key: str, step: str) -> HttpResponseBase:
    """Ask the questions of one step."""
    at = visit(request, key)
    here, way = drafts.step_of(at.form, step), at.way()
    if here is None or not way.may_see(step):
        return redirect(at.address(way.first_open or CHECK))
    if request.method == "POST":
        return _answered(at, here)
    shown = _page(at, here, at.content.fields, way=way)
    events = [(one.question.key, "shown") for one in shown["asked"] if one.kind != "info"]
    drafts.note_shown(at.draft, here, events, language=at.language, now=at.now)
    return render(request, "casework_forms/step.html", shown)


def _page(at: Visit, here: Step, fields: dict[str, list[str]], *, way: Way, problems: Any = None) -> dict[str, Any]:
    """Give what the page of a step shows."""
    asked = ask(
        here.questions,
        fields=fields,
        problems=problems,
        answers=way.answers,
        language=at.language,
        owner=drafts.owner_word(at.draft),
        login=drafts.login_facts(at.draft),
        is_staff=at.is_staff,
        remembers=not at.is_staff,
        with_map=True,
    )
    keys = [one.key for one in way.steps]
    return {
        "at": at,
        "key": at.key,
        "form": at.form,
        "step": here,
        "asked": asked,
        "wrong": problems_of(asked),
        "place": keys.index(here.key) + 1 if here.key in keys else 1,
        "total": len(keys) + 1,
        "back": way.before(here.key),
        "unclear": at.request.GET.get("onduidelijk", ""),
        "to_check": at.request.GET.get("naar") == CHECK or at.request.POST.get("naar") == CHECK,
        "asks": " ".join(sorted(_asking(here))),
        "places": _places_of_photos(at, fields),
        "has_place": any(one.kind == "place" for one in asked),
    }


def _asking(here: Step) -> set[str]:
    """List the questions of a step of which the answer decides whether another one in it is asked."""
    every = [one for question in here.questions for one in (question, *question.questions)]
    wanted = {key for one in every for key in questions_in(one.show_when)}
    return wanted & {one.key for one in every}


def _places_of_photos(at: Visit, fields: dict[str, list[str]]) -> list[Upload]:
    """List the photos of this draft that tell a place, to offer it where a place is asked and none is given yet."""
    key = at.form.settings.place
    if not key or any(fields.get(f"{key}.{part}") for part in ("lat", "address", "asset")):
        return []
    return list(Upload.objects.filter(owner=drafts.owner_word(at.draft), lat__isnull=False)[:3])


def _answered(at: Visit, here: Step) -> HttpResponseBase:
    """Keep what a step sent and do what its button asks."""
    request = at.request
    sent = {name: request.POST.getlist(name) for name in request.POST}
    owner = drafts.owner_word(at.draft)
    sent, refused = uploads.take_files(
        here.questions, request.FILES, sent, owner=owner, now=at.now, language=at.language
    )
    sent = places.resolved(here.questions, uploads.only_held(here.questions, sent, owner=owner))
    pressed = press(here.questions, sent, request.POST.get("press", ""))
    if pressed is not None:
        _keep(at, here, pressed)
        return _again(at, here, request.POST.get("press", "").partition(":")[2].partition("=")[0])
    act = "clear" if "clear" in request.POST else request.POST.get("do", "next")
    if act == "next":
        return _next(at, here, sent, refused)
    return ACTS.get(act, _refreshed)(at, here, sent)


def _keep(at: Visit, here: Step, sent: dict[str, list[str]], **more: Any) -> None:
    """Keep the fields of a step, never a citizen service number among them."""
    numbers = {question.key for question in here.questions if question.kind == "bsn"}
    kept = {name: held for name, held in sent.items() if name not in numbers}
    at.content = drafts.keep_step(at.draft, here, kept, language=at.language, now=at.now, **more)


def _again(at: Visit, here: Step, name: str = "", query: str = "") -> HttpResponse:
    """Show the step again, at a question; after the POST, so that going back or reloading sends nothing."""
    anchor = f"#q-{name.replace('.', '-')}" if name else ""
    naar = "naar=controle" if at.request.POST.get("naar") == CHECK else ""
    asked = "&".join(part for part in (query, naar) if part)
    return redirect(f"{at.address(here.key)}{'?' if asked else ''}{asked}{anchor}")


def _next(at: Visit, here: Step, sent: dict[str, list[str]], refused: Any) -> HttpResponseBase:
    """Go on when all is well; else show the step with what is wrong."""
    known = at.way().answers
    answers, problems = bind(
        here.questions,
        sent,
        at.language,
        known={key: value for key, value in known.items() if key not in {q.key for q in here.questions}},
        today=clock.local_date(at.now),
        login=drafts.login_facts(at.draft),
        is_staff=at.is_staff,
    )
    problems |= refused
    events = [(key, "answered") for key in answers]
    events += [(name.partition(".")[0], f"wrong:{one.kind}") for name, one in problems.items() if one.kind != "new"]
    _know(at, here, answers)
    _keep(at, here, sent, is_done=not problems, events=events)
    way = at.way()
    if problems:
        shown = _page(at, here, at.content.fields, way=_with(way, answers), problems=problems)
        return render(at.request, "casework_forms/step.html", shown, status=422)
    to_check = at.request.POST.get("naar") == CHECK and not way.first_open
    return redirect(at.address(CHECK if to_check else way.after(here.key)))


def _with(way: Way, answers: dict[str, Any]) -> Way:
    return Way(way.steps, {**way.answers, **answers}, way.problems)


def _know(at: Visit, here: Step, answers: dict[str, Any]) -> None:
    """At the counter: tie the draft to the person whose number was typed; the number itself is not kept with it."""
    for question in here.questions:
        number = answers.get(question.key)
        if at.is_staff and question.kind == "bsn" and number and number != "login":
            person = person_by_bsn(number, create=True, by=actor_of(at.request), now=at.now)
            drafts.belong_to(at.draft, person, now=at.now)


def _back(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    _keep(at, here, sent)
    before = at.way().before(here.key)
    return redirect(at.address(before)) if before else redirect("casework_forms:start", key=at.key)


def _refreshed(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    """Show the questions that are asked now, without judging what is still being typed."""
    _keep(at, here, sent)
    if at.request.headers.get("HX-Request") != "true":
        return _again(at, here)
    return render(at.request, "casework_forms/step.html", _page(at, here, at.content.fields, way=at.way()))


def _saved(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    _keep(at, here, sent)
    return redirect("casework_forms:save", key=at.key)


def _stopped(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    _keep(at, here, sent)
    return redirect("casework_forms:stop", key=at.key)


def _logged_in(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    _keep(at, here, sent)
    return redirect(login_address(at.address(here.key)))


def _told(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    """Note whether a question was clear, and keep what was typed so far."""
    _keep(at, here, sent)
    question, _colon, what = at.request.POST.get("clear", "").partition(":")
    words = at.request.POST.get("words", "") if what == "words" else ""
    feedback.tell(at.draft, question, what, words=words, language=at.language, now=at.now)
    if what == "no":
        return _again(at, here, question, query=f"onduidelijk={question}")
    messages.success(at.request, _("Thank you. This helps us to make the form better."))
    return _again(at, here, question)


def _place_taken(at: Visit, here: Step, sent: dict[str, list[str]]) -> HttpResponseBase:
    """Take the place that a photo told."""
    photo = Upload.objects.filter(token=at.request.POST.get("photo", ""), owner=drafts.owner_word(at.draft)).first()
    key = at.form.settings.place
    if photo is not None and photo.lat is not None:
        sent |= {f"{key}.lat": [str(photo.lat)], f"{key}.lon": [str(photo.lon)], f"{key}.how": ["photo"]}
    _keep(at, here, sent)
    return _again(at, here, key)


ACTS: dict[str, Callable[[Visit, Step, dict[str, list[str]]], HttpResponseBase]] = {
    "back": _back,
    "refresh": _refreshed,
    "save": _saved,
    "stop": _stopped,
    "login": _logged_in,
    "clear": _told,
    "photo-place": _place_taken,
}


# -- checking and sending ---------------------------------------------------------------------------------------------


@never_cache
@require_safe
@everyone
@_guided
def check(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show all answers before they are sent, each with the way to change it."""
    at = visit(request, key)
    way = at.way()
    if way.first_open:
        return redirect(at.address(way.first_open))
    names = dict(Upload.objects.filter(owner=drafts.owner_word(at.draft)).values_list("token", "name"))
    context = {
        "at": at,
        "key": key,
        "form": at.form,
        "told": sending.told(at.form, way.answers, at.language, names),
        "back": way.before(CHECK),
        "total": len(way.steps) + 1,
    }
    return render(request, "casework_forms/check.html", context)


@never_cache
@require_POST
@everyone
@_guided
def send(request: HttpRequest, key: str) -> HttpResponseBase:
    """Send the form; however often this is clicked, it is sent once."""
    at = visit(request, key)
    try:
        submitting.submit(at.draft, by=actor_of(request), now=at.now)
    except NotWhole as open_still:
        messages.error(request, _("Not sent yet: a question still needs its answer."))
        return redirect(at.address(open_still.step))
    return redirect("casework_forms:sent", key=key)


@never_cache
@require_safe
@everyone
def sent(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the reference number, and say what happens next."""
    draft = drafts.find(key, owner=sender_of(request))
    if draft is None or draft.sent_at is None:
        return redirect("casework_forms:start", key=key)
    if draft.helper_id is not None:
        check_helper(request, draft)
    form = definition_of(draft.version)
    context = {"draft": draft, "form": form, "key": key, "has_message": _is_told(draft, form)}
    return render(request, "casework_forms/sent.html", context)


def _is_told(draft: Draft, form: Form) -> bool:
    """Tell whether a confirmation goes out."""
    row = Submission.objects.filter(uuid=draft.uuid).only("zaak_id").first()
    return bool(row and row.zaak_id and form.settings.message and form.settings.contact_email)


# -- later and never --------------------------------------------------------------------------------------------------


@never_cache
@ONLY_GET_POST
@everyone
@_guided
def save(request: HttpRequest, key: str) -> HttpResponseBase:
    """Offer a link to go on later: shown, or by e-mail."""
    at = visit(request, key)
    if not at.form.settings.resume:
        raise NotFound(what=request.path)
    context: dict[str, Any] = {"at": at, "form": at.form, "key": key, "days": at.form.settings.resume_days}
    if request.method == "POST":
        email, problem = resuming.read_email(request.POST.get("email", ""), at.language)
        if problem is None:
            secret = drafts.make_link(at.draft, now=at.now)
            link = request.build_absolute_uri(reverse("casework_forms:resume", args=[secret]))
            if email:
                resuming.mail_link(at.draft, email, link, by=actor_of(request), now=at.now)
            context |= {"link": "" if email else link, "email": email}
            return render(request, "casework_forms/saved.html", context)
        context |= {"problem": problem, "typed": request.POST.get("email", "")}
    return render(request, "casework_forms/save.html", context, status=422 if "problem" in context else 200)


@never_cache
@ONLY_GET_POST
@everyone
def resume(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Go on with a draft by its link. Opening the page changes nothing, so that a mail scanner does no harm."""
    now = clock.now()
    draft = drafts.by_link(secret, now=now)
    if request.method == "POST":
        helper = request.user.pk if can(actor_of(request), HELP) else None
        drafts.take_up(secret, owner=sender_of(request), helper_id=helper, now=now)
        return redirect(step_address(draft.version.form.key, draft.step or definition_of(draft.version).steps[0].key))
    return render(request, "casework_forms/resume.html", {"form": definition_of(draft.version), "draft": draft})


@never_cache
@ONLY_GET_POST
@everyone
@_guided
def stop(request: HttpRequest, key: str) -> HttpResponseBase:
    """Stop, and wipe what was typed from this computer and from ours."""
    at = visit(request, key)
    if request.method == "POST":
        drafts.wipe(at.draft, now=at.now)
        messages.success(request, _("Your answers are wiped. Nothing was sent."))
        return redirect("casework_forms:index")
    return render(request, "casework_forms/stop.html", {"at": at, "form": at.form, "key": key})
