"""The account of use: who used which data of a person, for what, and what to do about it."""

import csv
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plein.casework.mine import actions
from plein.casework.mine.forms import ObjectionForm, PeriodForm, QuestionForm
from plein.casework.mine.queries import account as accounts
from plein.casework.mine.queries.cases import opened_by
from plein.casework.mine.queries.standing import Standing, standing_of
from plein.casework.mine.rules.requests import OBJECTION, QUESTION
from plein.foundation import clock
from plein.foundation.identity.access import actor_of, resident_only

FORMS = {QUESTION: QuestionForm, OBJECTION: ObjectionForm}
SEEN = ("log",)
HEAD = ("moment", "organisatie", "via", "gevraagd_door", "verwerking", "grondslag", "wet", "gegevens", "kenmerk")


def _standing(request: HttpRequest) -> tuple[Standing, list[str]]:
    """Tell whose account it is, with the codes in the log; looking for another is written down."""
    now = clock.now()
    standing = standing_of(actor_of(request), now=now).whole()
    actions.note_look(standing, SEEN, now=now)
    return standing, accounts.codes_of(standing.person, cases=opened_by(standing))


def _asked(form: PeriodForm) -> str:
    """Write the period for links, "" for all days."""
    said = {name: form.data.get(name, "") for name in ("van", "tot") if form.data.get(name)}
    return urlencode(said) if form.is_valid() else ""


@never_cache
@require_safe
@resident_only
def account(request: HttpRequest) -> HttpResponse:
    """Show for what the data was used, how often, and when last."""
    standing, codes = _standing(request)
    form = PeriodForm(request.GET)
    used = accounts.by_activity(codes, period=form.period)
    context = {
        "standing": standing,
        "form": form,
        "used": used,
        "total": sum(one.count for one in used),
        "asked": _asked(form),
        "is_filtered": form.period.since is not None or form.period.until is not None,
        "tab": "account",
    }
    return render(request, "mine/account.html", context)


@never_cache
@require_safe
@resident_only
def activity(request: HttpRequest, key: str) -> HttpResponse:
    """Show each use for one activity."""
    standing, codes = _standing(request)
    form = PeriodForm(request.GET)
    used = accounts.used_for(key, codes, period=form.period)
    uses, after = accounts.uses(key, codes, period=form.period, cursor=request.GET.get("na", ""))
    context = {"standing": standing, "used": used, "uses": uses, "asked": _asked(form), "tab": "account"}
    context["after"] = (
        "?" + "&".join(part for part in (_asked(form), urlencode({"na": after})) if part) if after else ""
    )
    return render(request, "mine/activity.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_only
def ask(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Ask a question about, or object to, one activity; it becomes a case with a term of one month."""
    if kind not in FORMS:
        raise Http404
    standing, codes = _standing(request)
    used = accounts.used_for(key, codes, period=PeriodForm({}).period)
    form = FORMS[kind](request.POST or None)
    reference = (request.POST or request.GET).get("kenmerk", "")[:40]
    if request.method == "POST" and form.is_valid():
        said = {"kind": kind, "text": form.cleaned_data["text"], "reference": reference}
        made = actions.ask_about_use(key, standing=standing, by=actor_of(request), now=clock.now(), **said)
        messages.success(request, _("Sent. You get an answer within a month. Here you see how it goes."))
        return redirect("mine:case", uuid=made.uuid)
    context = {"standing": standing, "used": used, "form": form, "kind": kind, "reference": reference, "tab": "account"}
    return render(request, "mine/ask_about_use.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
@resident_only
def download(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """Give the whole account, or that of a period, as CSV or JSON."""
    if form not in WRITERS:
        raise Http404
    _, codes = _standing(request)
    rows = (_row(use) for use in accounts.all_uses(codes, period=PeriodForm(request.GET).period))
    kind, write = WRITERS[form]
    answer = StreamingHttpResponse(write(rows), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="gebruik-van-mijn-gegevens.{form}"'
    return answer


def _row(use: accounts.Use) -> dict[str, Any]:
    """Write a use as plain values, in the language of the page."""
    language = get_language() or "nl"
    used = accounts.activity_of(use.activity)
    values = (
        use.at.isoformat(timespec="seconds"),
        use.who,
        use.through,
        use.asked_by.said(language),
        used.title.said(language),
        used.ground.said(language),
        used.law,
        [field.said(language) for field in use.fields],
        use.reference,
    )
    return dict(zip(HEAD, values, strict=True))


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    writer = csv.DictWriter(_Echo(), HEAD)
    yield "\ufeff" + ",".join(HEAD) + "\r\n"
    for row in rows:
        yield writer.writerow({**row, "gegevens": "; ".join(row["gegevens"])})


def _as_json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    organisation = json.dumps(settings.PLEIN["ORGANISATION"], ensure_ascii=False)
    yield f'{{"organisatie": {organisation}, "gemaakt": "{clock.now().isoformat()}", "gebruik": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]}\n"


WRITERS = {"csv": ("text/csv; charset=utf-8", _as_csv), "json": ("application/json", _as_json)}
