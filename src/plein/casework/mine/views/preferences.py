"""How a person wants to be reached, and the details we have of them."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plein.casework.messages import actions as told
from plein.casework.messages.errors import AddressUnsound, CodeGone, TooManyCodes, WrongCode
from plein.casework.messages.queries import Wishes
from plein.casework.messages.queries import preferences as wishes_of
from plein.casework.mine import actions
from plein.casework.mine.forms import CodeForm, EmailForm, PreferenceForm
from plein.casework.mine.queries.standing import Standing, standing_of
from plein.foundation import clock
from plein.foundation.errors import Refused
from plein.foundation.identity.access import actor_of, resident_only
from plein.foundation.ui.refusals import sentence

SEEN = ("preferences", "contact", "name")


def _standing(request: HttpRequest) -> tuple[Standing, Wishes]:
    now = clock.now()
    standing = standing_of(actor_of(request), now=now).whole()
    actions.note_look(standing, SEEN, now=now)
    return standing, wishes_of(standing.person, now=now)


def _page(
    request: HttpRequest,
    standing: Standing,
    wishes: Wishes,
    *,
    form: PreferenceForm | None = None,
    email: EmailForm | None = None,
    code: CodeForm | None = None,
) -> HttpResponse:
    context = {
        "standing": standing,
        "wishes": wishes,
        "form": form or PreferenceForm(initial=PreferenceForm.said(wishes)),
        "email": email or EmailForm(initial={"email": wishes.email}),
        "code": code or CodeForm(),
        "tab": "preferences",
    }
    return render(request, "mine/preferences.html", context, status=422 if form or email or code else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_only
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep how a person wants to be told, and where we reach them."""
    standing, wishes = _standing(request)
    if request.method != "POST":
        return _page(request, standing, wishes)
    form = PreferenceForm(request.POST)
    if form.is_valid():
        try:
            told.set_preferences(standing.person, **form.values, by=actor_of(request), now=clock.now())
        except AddressUnsound as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("Saved. From now on we tell you things this way."))
            return redirect("mine:preferences")
    return _page(request, standing, wishes, form=form)


@require_POST
@resident_only
def change_email(request: HttpRequest) -> HttpResponse:
    """Send a code to a new address."""
    standing, wishes = _standing(request)
    form = EmailForm(request.POST)
    done = _("We have sent a code to this address. Type it below within half an hour.")

    def change() -> None:
        by, now = actor_of(request), clock.now()
        told.change_email(standing.person, form.cleaned_data["email"], language=wishes.language, by=by, now=now)

    if form.is_valid() and _tried(request, form, change, done):
        return redirect("mine:preferences")
    return _page(request, standing, wishes, email=form)


@require_POST
@resident_only
def confirm_email(request: HttpRequest) -> HttpResponse:
    """Take a new address into use with the code."""
    standing, wishes = _standing(request)
    form = CodeForm(request.POST)

    def confirm() -> None:
        told.confirm_email(standing.person, form.cleaned_data["code"], by=actor_of(request), now=clock.now())

    if form.is_valid() and _tried(request, form, confirm, _("Your e-mail address is confirmed.")):
        return redirect("mine:preferences")
    return _page(request, standing, wishes, code=form)


@require_POST
@resident_only
def remove_email(request: HttpRequest) -> HttpResponse:
    """Take the address away."""
    standing, _wishes = _standing(request)
    told.remove_email(standing.person, by=actor_of(request), now=clock.now())
    messages.success(request, _("Your e-mail address is gone. We send no e-mail any more."))
    return redirect("mine:preferences")


def _tried(request: HttpRequest, form: EmailForm | CodeForm, change: Callable[[], None], done: str) -> bool:
    """Make a change and say that it is done; a refusal is said beside the form."""
    refusals: tuple[type[Refused], ...] = (AddressUnsound, TooManyCodes, WrongCode, CodeGone)
    try:
        change()
    except refusals as refused:
        form.add_error(None, sentence(refused))
        return False
    messages.success(request, done)
    return True
