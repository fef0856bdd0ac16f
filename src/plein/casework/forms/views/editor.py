"""Making a form without JavaScript: a page per step and question, buttons that move, and a preview."""

from collections.abc import Callable
from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plein.casework.forms.actions import editing
from plein.casework.forms.forms import ask, problems_of
from plein.casework.forms.models import Form, FormVersion
from plein.casework.forms.queries import forms as found_forms
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules import definition, rearranging
from plein.casework.forms.rules.checking import faults
from plein.casework.forms.rules.questions import bind, press
from plein.casework.forms.rules.reading import readability
from plein.casework.forms.views.drafts import language_now
from plein.casework.forms.views.editor_forms import JsonForm, NewFormForm, QuestionForm, StepForm, TextsForm
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import can
from plein.foundation.ui.refusals import sentence
from plein.foundation.words import Text

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@GET_POST
@rights("forms.edit")
def editor(request: HttpRequest) -> HttpResponseBase:
    """List all forms, and make one."""
    form = NewFormForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, by, now = form.cleaned_data, actor_of(request), clock.now()
        try:
            editing.make_form(said["key"], title=Text(said["title_nl"], said["title_en"]), by=by, now=now)
        except Refused:
            form.add_error("key", _("There is a form with this key. Choose another."))
        else:
            return redirect("casework_forms:edit", key=said["key"])
    context = {"rows": found_forms.all_forms(), "form": form}
    return render(request, "casework_forms/editor.html", context, status=422 if form.errors else 200)


def _draft(key: str) -> FormVersion:
    """Find the draft version of a form."""
    found = FormVersion.objects.filter(form__key=key, state=FormVersion.DRAFT).select_related("form").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@rights("forms.edit")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Show the draft of a form: its steps and questions, what does not fit yet, and how it reads."""
    form = get_object_or_404(Form, key=key)
    version = form.versions.order_by("-number")[0]
    read = definition_of(version)
    context = {
        "form": form,
        "version": version,
        "read": read,
        "is_draft": version.state == FormVersion.DRAFT,
        "seen": version.changed_at.isoformat(),
        "faults": faults(read),
        "hard": readability(read),
        "live": form.published,
        "may_publish": can(actor_of(request), "forms.publish"),
    }
    return render(request, "casework_forms/edit.html", context)


def _changed(
    request: HttpRequest, version: FormVersion, how: Callable[[definition.Form], definition.Form], what: str
) -> bool:
    """Change a draft; a refusal is told on the next page."""
    try:
        editing.change(
            version, how, what=what, seen=request.POST.get("seen", ""), by=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        messages.error(request, sentence(refused))
        return False
    return True


@require_POST
@rights("forms.edit")
def act(request: HttpRequest, key: str) -> HttpResponse:
    """Do what a button in the editor asks: move or take out a step or question, or begin a new version."""
    act, _colon, what = request.POST.get("do", "").partition(":")
    if act == "new-version":
        editing.new_version(get_object_or_404(Form, key=key), by=actor_of(request), now=clock.now())
        return redirect("casework_forms:edit", key=key)
    step, _slash, rest = what.partition("/")
    group, _dot, question = rest.rpartition(".")
    by = {"up": -1, "down": 1}.get(act, 0)
    if by and rest:
        how = lambda form: rearranging.move_question(form, step, group, question, by)  # noqa: E731
    elif by:
        how = lambda form: rearranging.move_step(form, step, by)  # noqa: E731
    elif act == "remove" and rest:
        how = lambda form: rearranging.without_question(form, step, group, question)  # noqa: E731
    elif act == "remove":
        how = lambda form: rearranging.without_step(form, step)  # noqa: E731
    else:
        raise Http404
    _changed(request, _draft(key), how, f"{act} {what}")
    return redirect("casework_forms:edit", key=key)


@never_cache
@GET_POST
@rights("forms.edit")
def texts(request: HttpRequest, key: str) -> HttpResponseBase:
    """Change what the form says on its first and last page, and how it behaves."""
    version = _draft(key)
    form = TextsForm(request.POST or None, form=definition_of(version))
    return _form_page(request, version, form, _("Texts and settings"), form.changed_form, what="texts")


@never_cache
@GET_POST
@rights("forms.edit")
def step(request: HttpRequest, key: str, step: str) -> HttpResponseBase:
    """Make ("nieuw") or change a step."""
    version = _draft(key)
    read = definition_of(version)
    found = next((one for one in read.steps if one.key == step), None)
    if found is None and step != "nieuw":
        raise Http404
    form = StepForm(request.POST or None, form=read, step=found)
    title = found.title.said(language_now()) if found else _("New step")
    how = lambda read: rearranging.with_step(read, form.made(), old=step)  # noqa: E731
    return _form_page(request, version, form, title, how, what=f"step {step}")


@never_cache
@GET_POST
@rights("forms.edit")
def question(request: HttpRequest, key: str, step: str, question: str) -> HttpResponseBase:
    """Make ("nieuw", or "GROUP.nieuw") or change a question."""
    version = _draft(key)
    read = definition_of(version)
    group, _dot, name = question.rpartition(".")
    among = rearranging.questions_of(read, step, group)
    found = next((one for one in among if one.key == name), None)
    if (found is None and name != "nieuw") or all(one.key != step for one in read.steps):
        raise Http404
    form = QuestionForm(request.POST or None, form=read, question=found, among=among if group else ())
    title = found.label.said(language_now()) if found else _("New question")
    how = lambda read: rearranging.with_question(read, step, group, form.made(), old=name)  # noqa: E731
    return _form_page(request, version, form, title, how, what=f"question {step}/{question}")


@never_cache
@GET_POST
@rights("forms.edit")
def whole(request: HttpRequest, key: str) -> HttpResponseBase:
    """Change the whole form as JSON, for what the other pages do not offer and for taking a form elsewhere."""
    version = _draft(key)
    form = JsonForm(request.POST or None, form=definition_of(version))
    made: list[definition.Form] = []
    if request.method == "POST" and form.is_valid():
        read, why = editing.checked(form.cleaned_data["definition"])
        if read is None:
            form.add_error("definition", _("This is no form yet: %(why)s") % {"why": why})
        else:
            made.append(read)
    return _form_page(request, version, form, _("The form as JSON"), lambda _read: made[0], what="whole")


def _form_page(
    request: HttpRequest,
    version: FormVersion,
    form: Any,
    title: str,
    how: Callable[[definition.Form], definition.Form],
    *,
    what: str,
) -> HttpResponseBase:
    """Show one page of the editor, or keep what it sent."""
    key = version.form.key
    if request.method == "POST" and form.is_valid():
        try:
            kept = _changed(request, version, how, what)
        except msgspec.ValidationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("casework_forms:edit", key=key) if kept else redirect(request.path)
    context = {"form": form, "version": version, "title": title, "key": key, "seen": version.changed_at.isoformat()}
    context["read"] = definition_of(version)
    return render(request, "casework_forms/edit_part.html", context, status=422 if form.errors else 200)


@never_cache
@GET_POST
@rights("forms.edit")
def preview(request: HttpRequest, key: str, number: int, step: str) -> HttpResponseBase:
    """Show a step as a resident sees it, with its checks; nothing is kept and nothing counted."""
    version = found_forms.version_of(key, number)
    read = definition_of(version)
    here = next((one for one in read.steps if one.key == step), None)
    if here is None:
        raise Http404
    fields = {name: request.POST.getlist(name) for name in request.POST}
    fields = press(here.questions, fields, request.POST.get("press", "")) or fields
    today, language = clock.local_date(clock.now()), language_now()
    answers, problems = bind(here.questions, fields, language, today=today, login={"bsn": "login"})
    is_tried = request.method == "POST" and "press" not in request.POST
    known = {"bsn": "login"}
    asked = ask(
        here.questions,
        fields=fields,
        problems=problems if is_tried else {},
        answers=answers,
        language=language,
        login=known,
    )
    keys = [one.key for one in read.steps]
    at = keys.index(step)
    context = {
        "version": version,
        "form": read,
        "key": key,
        "step": here,
        "asked": asked,
        "wrong": problems_of(asked),
        "is_tried": is_tried,
        "place": at + 1,
        "total": len(keys) + 1,
        "before": keys[at - 1] if at else "",
        "after": keys[at + 1] if at + 1 < len(keys) else "",
    }
    return render(request, "casework_forms/preview.html", context)


@require_POST
@rights("forms.publish")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Publish the draft."""
    try:
        version = editing.publish(_draft(key), by=actor_of(request), now=clock.now())
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(
            request, _("Version %(n)s is published. New starts get it from now on.") % {"n": version.number}
        )
    return redirect("casework_forms:edit", key=key)


@require_POST
@rights("forms.publish")
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Open a form, or close it for new starts."""
    form = get_object_or_404(Form, key=key)
    editing.switch(form, is_open=request.POST.get("do") == "open", by=actor_of(request), now=clock.now())
    return redirect("casework_forms:edit", key=key)
