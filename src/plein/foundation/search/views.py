"""The search page: one question, and what everyone may read that answers it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from plein.foundation.identity.access import everyone
from plein.foundation.search import index

PER_PAGE = 20
LAST_PAGE = 50


def _page_number(text: str) -> int:
    """Read a page number as people (and robots) write it."""
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _pieces(hit: index.Hit) -> list[tuple[str, bool]]:
    """Cut an excerpt into pieces, each with whether it is what was asked for."""
    pieces, here = [], 0
    for start, end in hit.marks:
        pieces += [(hit.excerpt[here:start], False), (hit.excerpt[start:end], True)]
        here = end
    return [*pieces, (hit.excerpt[here:], False)]


@everyone
def search(request: HttpRequest) -> HttpResponse:
    """Show the question, and what was found."""
    text = request.GET.get("q", "").strip()
    number = _page_number(request.GET.get("page", "1"))
    found = index.search(text, language=get_language() or "nl", limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    shown = {
        "q": text,
        "total": found.total,
        "hits": [{"hit": hit, "pieces": _pieces(hit)} for hit in found.hits],
        "page": Paginator(range(min(found.total, PER_PAGE * LAST_PAGE)), PER_PAGE).get_page(number),
    }
    return render(request, "search/search.html", shown)
