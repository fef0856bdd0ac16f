"""The portal's front page: all products, with search and filters that are links."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.identity.access import everyone
from plein.foundation.identity.roles import all_roles
from plein.foundation.ui.figures import said
from plein.insight.opendata.queries import products
from plein.insight.opendata.queries.formats import FORMATS
from plein.insight.opendata.rules import vocabularies

CHOICES = ("theme", "openness", "format", "owner")


@everyone
@require_safe
def portal(request: HttpRequest) -> HttpResponse:
    """List the products that match."""
    chosen = {name: request.GET.get(name, "")[:100] for name in CHOICES}
    words = request.GET.get("q", "")[:200]
    everything = products.listed(clock.now())
    found = products.matching(everything, products.Wanted(words=words, **chosen))
    context = {
        "q": words,
        "chosen": [(name, value) for name, value in chosen.items() if value],
        "found": [card(one) for one in found],
        "filters": [_filter(name, words, chosen, everything) for name in CHOICES],
        "total": len(everything),
        "open_count": sum(1 for one in everything if one.formats),
        "query": urlencode([(name, value) for name, value in (("q", words), *chosen.items()) if value]),
    }
    return render(request, "opendata/portal.html", context)


def card(product: products.Listed) -> dict[str, Any]:
    """Give what the list shows of a product."""
    agreed = product.contract
    return {
        "key": product.key,
        "title": agreed.title,
        "description": agreed.description,
        "openness": agreed.openness,
        "openness_word": vocabularies.OPENNESS[agreed.openness],
        "theme": vocabularies.THEMES[vocabularies.theme_of(agreed.theme)],
        "rows": product.rows if product.number else None,
        "published_at": product.published_at,
        "fresh": product.fresh,
        "formats": [FORMATS[key].title for key in product.formats],
        "hvd": bool(agreed.hvd),
    }


def owner_name(owner: str) -> Any:
    """Name an owner as people do."""
    role = all_roles().get(owner.removeprefix("role:"))
    return role.title if role else owner.removeprefix("role:")


def _label(name: str, value: str) -> Any:
    if name == "theme":
        return vocabularies.THEMES[vocabularies.theme_of(value)]
    if name == "openness":
        return vocabularies.OPENNESS.get(value, value)
    if name == "format":
        return FORMATS[value].title if value in FORMATS else value
    return owner_name(value)


def _filter(name: str, words: str, chosen: dict[str, str], everything: list[products.Listed]) -> dict[str, Any]:
    """Give a filter: per choice how many products it would leave, and the link that makes or takes it back."""
    others = {**chosen, name: ""}
    counts: Counter[str] = products.tally(products.matching(everything, products.Wanted(words=words, **others)))[name]
    titles = {"theme": _("Theme"), "openness": _("Who may use it"), "format": _("Format"), "owner": _("Owner")}
    values = sorted(counts, key=lambda value: (-counts[value], said(_label(name, value))))
    return {
        "title": titles[name],
        "choices": [
            {
                "label": _label(name, value),
                "count": counts[value],
                "current": chosen[name] == value,
                "href": _href(words, {**others, name: "" if chosen[name] == value else value}),
            }
            for value in values
        ],
    }


def _href(words: str, chosen: dict[str, str]) -> str:
    query = urlencode([(key, value) for key, value in (("q", words), *chosen.items()) if value])
    return f"?{query}"
