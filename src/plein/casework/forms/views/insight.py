"""How questions do, for who owns the form: where people stop, go wrong or complain."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plein.casework.forms.models import FormVersion
from plein.casework.forms.queries import insight as counts
from plein.casework.forms.queries.forms import definition_of
from plein.casework.forms.rules.insight import ENOUGH, Doing
from plein.foundation import clock
from plein.foundation.identity.access import actor_of, rights
from plein.foundation.identity.actors import can
from plein.foundation.ui.tables import Column, Table
from plein.foundation.words import Text

PERIODS = {"30": 30, "90": 90, "365": 365}


def _since(request: HttpRequest) -> tuple[str, Any]:
    chosen = request.GET.get("dagen", "90")
    chosen = chosen if chosen in PERIODS else "90"
    return chosen, clock.local_date(clock.now() - timedelta(days=PERIODS[chosen]))


@require_safe
@rights("forms.insight")
def insight(request: HttpRequest) -> HttpResponse:
    """List the forms: how often begun, how often sent."""
    chosen, since = _since(request)
    rows = counts.forms(since=since)
    context = {"rows": rows, "days": chosen, "periods": PERIODS, "may_edit": can(actor_of(request), "forms.edit")}
    return render(request, "casework_forms/insight.html", context)


@require_safe
@rights("forms.insight")
def form(request: HttpRequest, key: str) -> HttpResponse:
    """Show how each question does, the worst on top, beside an earlier version."""
    live = FormVersion.objects.filter(form__key=key, state=FormVersion.PUBLISHED).select_related("form")
    versions = list(live.order_by("-number"))
    if not versions:
        raise Http404
    version = next((one for one in versions if str(one.number) == request.GET.get("versie")), versions[0])
    earlier = next((one for one in versions if one.number < version.number), None)
    chosen, since = _since(request)
    rows = counts.questions(version, since=since)
    before = {one.key: one for one, _question in counts.questions(earlier, since=since)} if earlier else {}
    context = {
        "form": definition_of(version),
        "key": key,
        "version": version,
        "versions": versions,
        "earlier": earlier,
        "days": chosen,
        "periods": PERIODS,
        "table": _table(rows, before, earlier),
        "steps": counts.steps_left(version, since=since),
        "remarks": counts.remarks(version, since=since),
        "enough": ENOUGH,
        "titles": {question.key: question.label for _one, question in rows},
    }
    return render(request, "casework_forms/insight_form.html", context)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _table(rows: list[tuple[Doing, Any]], before: dict[str, Doing], earlier: FormVersion | None) -> Table:
    columns = [
        Column(key="label", title=_("Question")),
        Column(key="shown", title=_("Shown"), numeric=True, decimals=0),
        Column(key="answered", title=_("Answered"), unit="%", numeric=True, decimals=0),
        Column(key="left", title=_("Left here"), unit="%", numeric=True, decimals=1),
        Column(key="wrong", title=_("Went wrong"), unit="%", numeric=True, decimals=1),
        Column(key="kind", title=_("Mostly because")),
        Column(key="unclear", title=_("Not clear"), numeric=True, decimals=0),
        Column(key="clear", title=_("Clear"), numeric=True, decimals=0),
    ]
    if earlier:
        columns.append(
            Column(
                key="earlier", title=_("Went wrong in version %(n)s") % {"n": earlier.number}, unit="%", numeric=True
            )
        )
    return Table(
        caption=_("Questions, the ones with most trouble on top"),
        columns=columns,
        rows=[_row(one, question, before.get(one.key)) for one, question in rows],
        note=_("A share stands here once a question was shown %(n)s times.") % {"n": ENOUGH},
    )


def _row(one: Doing, question: Any, earlier: Doing | None) -> dict[str, Any]:
    return {
        "label": question.label,
        "shown": one.shown,
        "answered": _percent(one.share(one.answered)),
        "left": _percent(one.share(one.left)),
        "wrong": _percent(one.share(one.mistakes)),
        "kind": WHY.get(one.most_wrong, Text(one.most_wrong, one.most_wrong)) if one.most_wrong else "",
        "unclear": one.unclear,
        "clear": one.clear,
        "earlier": _percent(earlier.share(earlier.mistakes)) if earlier else None,
    }


WHY = {
    "empty": Text("niets ingevuld", "left empty"),
    "too-long": Text("te lang", "too long"),
    "too-short": Text("te kort", "too short"),
    "not-a-number": Text("geen getal", "no number"),
    "too-precise": Text("te precies", "too precise"),
    "too-small": Text("te weinig", "too little"),
    "too-large": Text("te veel", "too much"),
    "not-a-date": Text("geen dag", "no day"),
    "too-early": Text("te vroeg", "too early"),
    "too-late": Text("te laat", "too late"),
    "not-an-option": Text("geen van de antwoorden", "none of the answers"),
    "not-an-email": Text("geen e-mailadres", "no e-mail address"),
    "not-a-phone": Text("geen telefoonnummer", "no phone number"),
    "not-a-postcode": Text("postcode klopt niet", "postcode not right"),
    "not-a-house-number": Text("huisnummer klopt niet", "house number not right"),
    "not-an-iban": Text("rekeningnummer klopt niet", "account number not right"),
    "not-a-plate": Text("kenteken klopt niet", "number plate not right"),
    "not-a-bsn": Text("burgerservicenummer klopt niet", "citizen service number not right"),
    "no-place": Text("plek niet te vinden", "place not found"),
    "too-many": Text("te veel", "too many"),
    "too-few": Text("te weinig", "too few"),
    "file-kind": Text("verkeerd soort bestand", "wrong kind of file"),
    "file-too-big": Text("bestand te groot", "file too big"),
    "file-broken": Text("bestand beschadigd", "file damaged"),
    "file-script": Text("bestand met script", "file with a script"),
    "file-virus": Text("virus", "virus"),
}
