"""The texts: list, every form of one side by side, and the editor."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from plein.casework.messages.actions import editing, mailing
from plein.casework.messages.forms import Blocks, TextForm, known_facts
from plein.casework.messages.models import MessageTemplate
from plein.casework.messages.queries import texts
from plein.casework.messages.rules.content import LANGUAGES, Problem
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import can
from plein.foundation.ui.refusals import parted


def _words(refused: Refused) -> str:
    return " ".join(part for part in parted(refused) if part)


@require_safe
@rights("messages.edit")
def listed(request: HttpRequest) -> HttpResponse:
    """List the texts."""
    return render(request, "messages/texts.html", {"entries": texts.texts()})


def _version(key: str, version: int) -> MessageTemplate:
    found = MessageTemplate.objects.filter(key=key, version=version).first()
    if found is None:
        raise Http404
    return found


def _language(request: HttpRequest) -> str:
    """Give the language that is looked at: asked for, or that of the page."""
    asked = request.GET.get("language", "") or (get_language() or "nl")[:2]
    return asked if asked in LANGUAGES else "nl"


def said_problem(problem: Problem) -> str:
    """Say what is wrong with a text, and what now."""
    words = {
        "empty": _("{place} is empty in {about}. Write it."),
        "long-title": _("The title in {about} is too long. Make it shorter."),
        "no-blocks": _("There are no blocks yet. Add the first one."),
        "many-blocks": _("There are more than {about} blocks. Leave some out."),
        "kind": _("{place} is of no known kind. Choose one."),
        "no-value": _("{place} lacks its value. Fill it in."),
        "picture": _("{place} has a pictogram that we do not have. Choose another."),
        "unknown": _("{place} uses {{{about}}}, which nobody fills in. Use one from the list."),
        "brace": _("{place} has a brace that is not closed. Write {{name}}."),
        "optional": _("{place} uses {{{about}}}, which is not always known. Choose it at “Only when this is known”."),
    }
    place = problem.place.replace("block", _("Block")).replace("title", _("Title")).replace("short", _("SMS"))
    languages = {"nl": _("Dutch"), "en": _("English")}
    return words[problem.code].format(place=place, about=languages.get(problem.about, problem.about))


@require_safe
@rights("messages.edit")
def text(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Show every form of a version, side by side, in one language."""
    row = _version(key, version)
    language = _language(request)
    today = clock.local_date(clock.now())
    found = editing.problems(row.content, row.facts)
    context = {
        "row": row,
        "versions": texts.versions(key),
        "language": language,
        "languages": [(code, word, code == language) for code, word in (("nl", _("Dutch")), ("en", _("English")))],
        "preview": texts.preview(row.content, row.facts, language=language, today=today),
        "problems": [said_problem(one) for one in found],
        "is_draft": row.state == MessageTemplate.DRAFT,
        "may_publish": can(actor_of(request), "messages.publish"),
    }
    return render(request, "messages/text.html", context)


def _told(row: MessageTemplate, language: str) -> dict[str, Any]:
    made = texts.preview(row.content, row.facts, language=language, today=clock.local_date(clock.now()))
    if made is None:
        raise Http404
    return made.told


@require_safe
@rights("messages.edit")
def mail(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Give the e-mail itself, text and HTML together, to open in a mail program."""
    language, now = _language(request), clock.now()
    told = _told(_version(key, version), language)
    made: Any = mailing.compose(told, to="m.devries@example.org", reference=uuid4(), language=language, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{key}-{language}.eml"'}
    content = made.message().as_bytes(linesep="\r\n")
    return HttpResponse(content, content_type="message/rfc822", headers=headers)


@require_safe
@rights("messages.edit")
def letter(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Give the letter, or with `pictures` the picture letter, as PDF."""
    from plein.casework.messages.actions.letters import Letter, set_letters

    language = _language(request)
    made = Letter(
        told=_told(_version(key, version), language),
        address=("M. de Vries", "Kerkstraat 12", "1234 AB  PLEINSTAD"),
        language=language,
        day=clock.local_date(clock.now()),
        in_pictures="pictures" in request.GET,
    )
    return HttpResponse(set_letters([made]), content_type="application/pdf")


@require_POST
@rights("messages.edit")
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a new version, or go on with the draft there is."""
    try:
        editing.new_draft(key, by=actor_of(request), now=clock.now())
    except Refused as refused:
        messages.error(request, _words(refused))
        return redirect("casework_messages:texts")
    return redirect("casework_messages:edit", key=key)


def _draft(key: str) -> MessageTemplate:
    found = MessageTemplate.objects.filter(key=key, state=MessageTemplate.DRAFT).first()
    if found is None:
        raise Http404
    return found


@rights("messages.edit")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change the draft of a text."""
    row = _draft(key)
    form = TextForm(request.POST or None, initial=TextForm.initial_of(row))
    given: dict[str, Any] = {"form_kwargs": {"facts": row.facts}, "prefix": "blocks"}
    blocks = Blocks(request.POST or None, initial=row.content.get("blocks", []), **given)
    if request.method == "POST" and form.is_valid() and blocks.is_valid():
        try:
            _save(row, form, blocks, request)
        except Refused as refused:
            form.add_error(None, _words(refused))
        else:
            if "add" in request.POST:
                return redirect(f"{request.path}?added=1#block-new")
            messages.success(request, _("The draft is kept. Look at each form of it."))
            return redirect("casework_messages:text", key=key, version=row.version)
    if request.method != "POST" and "added" in request.GET:
        blocks.extra = 1
    context = {
        "row": row,
        "form": form,
        "blocks": blocks,
        "facts": known_facts(row),
        "problems": [said_problem(one) for one in editing.problems(row.content, row.facts)],
        "judged": _judged(row),
    }
    return render(request, "messages/edit.html", context, status=422 if request.method == "POST" else 200)


def _judged(row: MessageTemplate) -> list[tuple[str, Any]]:
    """Judge how a text reads in each language."""
    today = clock.local_date(clock.now())
    return [
        (word, texts.judged(row.content, row.facts, language=code, today=today))
        for code, word in (("nl", _("Dutch")), ("en", _("English")))
    ]


def _save(row: MessageTemplate, form: TextForm, blocks: Any, request: HttpRequest) -> None:
    """Keep what was typed.

    Raises Refused.
    """
    said = form.cleaned_data
    content = {
        "title": {code: said[f"title_{code}"] for code in LANGUAGES},
        "short": {code: said[f"short_{code}"] for code in LANGUAGES},
        "blocks": [one.block() for one in blocks.ordered_forms if one.has_changed() or one.initial],
    }
    seen = datetime.fromisoformat(said["seen"]) if said["seen"] else None
    by, now = actor_of(request), clock.now()
    editing.save_draft(row, content, is_private=said["is_private"], seen=seen, by=by, now=now)


@require_POST
@rights("messages.publish")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Put the draft to use."""
    row = _draft(key)
    try:
        editing.publish(row, by=actor_of(request), now=clock.now())
    except Refused as refused:
        messages.error(request, _words(refused))
    else:
        messages.success(request, _("The text is in use. New messages say this."))
    return redirect("casework_messages:text", key=key, version=row.version)


@require_POST
@rights("messages.edit")
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away."""
    editing.drop_draft(_draft(key), by=actor_of(request), now=clock.now())
    messages.success(request, _("The draft is gone. The text in use stays."))
    return redirect("casework_messages:texts")
