"""Who may go on with which draft: what all pages of a form ask first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language

from plein.casework.forms.actions import drafts
from plein.casework.forms.forms import sender_of
from plein.casework.forms.models import Draft
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.definition import Form, all_questions
from plein.casework.forms.rules.questions import prefilled
from plein.casework.forms.rules.travel import CHECK, Way
from plein.foundation import clock
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.access import actor_of, is_from_outside
from plein.foundation.identity.actors import can
from plein.foundation.identity.residents import principal_for

HELP = "forms.help"


class Elsewhere(Exception):
    """The visitor has to go to another page first."""

    def __init__(self, answer: HttpResponseBase) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Visit:
    """Somebody at a form: the draft, its form, the way so far, and the language and time of the page."""

    request: HttpRequest
    draft: Draft
    form: Form
    language: str
    now: datetime
    content: drafts.Content

    @property
    def key(self) -> str:
        """Give the key of the form."""
        return self.draft.version.form.key

    @property
    def is_staff(self) -> bool:
        """Tell whether staff fills it in for somebody."""
        return self.draft.helper_id is not None

    def way(self) -> Way:
        """Walk through what was filled in."""
        return drafts.walk(self.draft, self.content, language=self.language, now=self.now)

    def address(self, step: str) -> str:
        """Give the address of a step."""
        return step_address(self.key, step)


def step_address(key: str, step: str) -> str:
    """Give the address of a step, or of the page to check the answers."""
    if step == CHECK:
        return reverse("casework_forms:check", args=[key])
    return reverse("casework_forms:step", args=[key, step])


def language_now() -> str:
    """Give the language of the page."""
    return (get_language() or "nl")[:2]


def visit(request: HttpRequest, key: str) -> Visit:
    """Find the draft of a form in this browser, and make sure that who is here may go on with it.

    Raises Elsewhere: to the start without a draft, to the confirmation when it was sent, to the login when that is
    needed; NotAllowed when staff may not help.
    """
    draft, now = drafts.find(key, owner=sender_of(request)), clock.now()
    if draft is None:
        raise Elsewhere(redirect("casework_forms:start", key=key))
    if draft.sent_at is not None:
        raise Elsewhere(redirect("casework_forms:sent", key=key))
    form = definition_of(draft.version)
    if draft.helper_id is not None:
        check_helper(request, draft)
    else:
        _tie(request, draft, form, now=now)
    return Visit(request, draft, form, language_now(), now, drafts.content_of(draft))


def check_helper(request: HttpRequest, draft: Draft) -> None:
    """Make sure that this is the member of staff who helps.

    Raises NotAllowed.
    """
    if not can(actor_of(request), HELP) or draft.helper_id != request.user.pk:
        raise NotAllowed(right=HELP)


def _tie(request: HttpRequest, draft: Draft, form: Form, *, now: datetime) -> None:
    """Tie the draft to who logged in; what was typed before stays.

    Raises Elsewhere to the login, when that is needed, or when the draft is of somebody who is not logged in now.
    """
    actor, login = actor_of(request), form.settings.login
    person = principal_for(actor) if is_from_outside(actor) else None
    if person is not None and draft.person_id is None and login != "none":
        known: dict[str, Any] = prefilled(all_questions(form), login={"name": person.name})
        drafts.belong_to(draft, person, fields=known, now=now)
    needs = login == "needed" and draft.person_id is None
    is_of_other = draft.person_id is not None and (person is None or person.pk != draft.person_id)
    if needs or is_of_other:
        raise Elsewhere(redirect(login_address(request.path)))


def login_address(back: str) -> str:
    """Give the address of the login that comes back to a page."""
    return f"{reverse('identity:resident-login')}?{urlencode({'next': back})}"
