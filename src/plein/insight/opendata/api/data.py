"""The portal's own interface: products, rows with filter, sort and exact count, facets, versions, downloads.

Views without a framework and msgspec: a page of rows is the busiest address of the house.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.api.etags import etag_of, not_modified
from plein.foundation.catalogue.contracts import Column, contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.errors import NotFound
from plein.foundation.gate import door as gate
from plein.foundation.identity.access import actor_of, everyone
from plein.foundation.words import Text
from plein.insight.opendata.api import answers
from plein.insight.opendata.errors import BadValue, UnknownColumn
from plein.insight.opendata.queries import downloads, products, reading
from plein.insight.opendata.queries.formats import FORMATS
from plein.insight.opendata.rules import vocabularies
from plein.insight.opendata.rules.asking import OWN, Question, read_limit, read_question

ROOT = "/api/data/v1"
ONE_TO_TEN = Text("een tot tien kolommen, met komma's", "one to ten columns, split by commas")
FACET_WORDS = OWN | {"facets", "size"}


@everyone
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """List the products, with the choices of the portal's search."""
    given = answers.parameters(request)
    wanted = products.Wanted(
        words=answers.one_of(given, "q")[:200],
        **{name: answers.one_of(given, name) for name in ("theme", "openness", "format", "owner")},
    )
    limit = read_limit(answers.one_of(given, "limit"), 100, 1000)
    start = _start(answers.one_of(given, "cursor"))
    found = products.matching(products.listed(clock.now()), wanted)
    following = str(start + limit) if start + limit < len(found) else ""
    return answers.quick_json(
        {
            "_links": _links(f"{ROOT}/products", given, following),
            "count": len(found),
            "items": [about(one) for one in found[start : start + limit]],
        }
    )


def _start(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise BadValue(value=text[:100], column="cursor", needed=Text("het teken van een pagina", "the mark of a page"))
    return int(text)


def _links(path: str, given: Sequence[tuple[str, str]], following: str) -> dict[str, Any]:
    """Link to this page and the next."""
    address = f"{answers.base()}{path}"
    query = answers.with_changes(given)
    links = {"self": {"href": f"{address}?{query}" if query else address}}
    if following:
        links["next"] = {"href": f"{address}?{answers.with_changes(given, cursor=following)}"}
    return links


def about(product: products.Listed) -> dict[str, Any]:
    """Describe a product for a list."""
    agreed = product.contract
    licence = vocabularies.licence_of(agreed.licence, agreed.openness)
    address = f"{answers.base()}{ROOT}/products/{product.key}"
    open_links = {"rows": f"{address}/rows", "facets": f"{address}/facets"} if product.formats else {}
    links = {"self": address, "page": f"{answers.base()}/data/{product.key}/", "contract": f"{address}/contract"}
    return {
        "key": product.key,
        "title": _said(agreed.title),
        "description": _said(agreed.description),
        "openness": agreed.openness,
        "theme": vocabularies.theme_of(agreed.theme),
        "owner": agreed.owner,
        "licence": licence.iri,
        "keywords": list(agreed.keywords),
        "version": product.number or None,
        "rows": product.rows if product.number else None,
        "publishedAt": product.published_at,
        "refreshedAt": product.refreshed_at,
        "isFresh": product.fresh,
        "formats": list(product.formats),
        "_links": {name: {"href": href} for name, href in {**links, **open_links}.items()},
    }


def _said(text: Text) -> dict[str, str]:
    return {"nl": text.nl, "en": text.en}


@everyone
@require_safe
def one_product(request: HttpRequest, key: str) -> HttpResponse:
    """Describe one product with its columns and conditions."""
    product = products.one(key, clock.now())
    agreed = product.contract
    return answers.quick_json(
        {
            **about(product),
            "personal": agreed.personal,
            "legalBasis": agreed.legal_basis or None,
            "purposes": list(agreed.purposes),
            "source": _said(agreed.source),
            "frequency": agreed.frequency or None,
            "freshnessDays": agreed.freshness_days,
            "retentionDays": agreed.retention_days,
            "temporal": agreed.temporal or None,
            "geometry": agreed.geometry,
            "keyColumns": list(agreed.key_columns),
            "columns": [_column(column) for column in agreed.columns],
            "downloads": [
                {"format": one, "href": f"{answers.base()}{ROOT}/products/{key}/download/{one}"}
                for one in product.formats
            ],
        }
    )


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "title": _said(column.title),
        "description": _said(column.description),
        "unit": column.unit or None,
        "required": column.required,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "allowed": list(column.allowed) or None,
    }


@everyone
@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give a page of rows that match, with the exact count of all that do."""
    given = answers.parameters(request)
    product = answers.opened(request, key, given)
    etag = etag_of("rows", key, product.version.number, request.META.get("QUERY_STRING"))
    if same := not_modified(request, etag):
        return same
    body, count = _rows_body(request, key, given, product)
    gate.count_use(key, activity=reading.ACTIVITY, by=actor_of(request), rows=count)
    return answers.quick(body, etag=etag, kept=_kept(given))


def _rows_body(
    request: HttpRequest, key: str, given: Sequence[tuple[str, str]], product: reading.Opened
) -> tuple[bytes, int]:
    """Write a page of rows, or give the one that was written before: a version never changes."""
    asked = (product.kept_as, request.META.get("QUERY_STRING", ""))
    if product.kept_as and (before := _pages.get(asked)):
        return before
    page = product.page(read_question(given, product.fields))
    names = [field.name for field in page.fields]
    body = {
        "_links": _links(f"{ROOT}/products/{key}/rows", given, page.following),
        "product": key,
        "version": product.version.number,
        "publishedAt": product.version.published_at,
        "count": page.count,
        "items": [dict(zip(names, row, strict=True)) for row in page.rows],
    }
    written = answers.ENCODER.encode(body), len(page.rows)
    if product.kept_as:
        _pages.put(asked, written)
    return written


_pages = answers.Kept(most_bytes=32_000_000)


def _kept(given: Sequence[tuple[str, str]]) -> str:
    return answers.FOREVER if answers.is_pinned(given) else answers.FRESH


@everyone
@require_safe
def facets(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the commonest values of columns within what matches, with how often each occurs."""
    given = answers.parameters(request)
    product = answers.opened(request, key, given)
    etag = etag_of("facets", key, product.version.number, request.META.get("QUERY_STRING"))
    if same := not_modified(request, etag):
        return same
    question = read_question(given, product.fields, own_words=FACET_WORDS)
    size = read_limit(answers.one_of(given, "size"), 20, 1000)
    columns = _facet_columns(answers.one_of(given, "facets"), product)
    body = {
        "product": key,
        "version": product.version.number,
        "count": product.count(question.conditions),
        "facets": [_facet(product, column, question, size) for column in columns],
    }
    return answers.quick_json(body, etag=etag, kept=_kept(given))


def _facet(product: reading.Opened, column: str, question: Question, size: int) -> dict[str, Any]:
    found = product.facet(column, question.conditions, size=size)
    return {"column": column, "values": [{"value": value, "count": count} for value, count in found.values]}


def _facet_columns(text: str, product: reading.Opened) -> list[str]:
    """Read the columns to count.

    Raises UnknownColumn, BadValue.
    """
    columns = list(dict.fromkeys(name for name in text.split(",") if name))
    for name in columns:
        if name not in product.fields:
            raise UnknownColumn(column=name[:100], columns=", ".join(product.fields))
    if not 1 <= len(columns) <= 10:
        raise BadValue(value=text[:100], column="facets", needed=ONE_TO_TEN)
    return columns


@everyone
@require_safe
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """List the versions that are still kept, newest first."""
    has_secrets = bool(contract(key).suppress)  # the checksum of what is hidden would let anybody try what fits
    given = answers.parameters(request)
    limit = read_limit(answers.one_of(given, "limit"), 100, 1000)
    start = _start(answers.one_of(given, "cursor"))
    kept = ProductVersion.objects.filter(product__key=key)
    found = list(kept[start : start + limit + 1])
    following = str(start + limit) if len(found) > limit else ""
    items = [
        {"number": one.number, "publishedAt": one.published_at, "rows": one.rows}
        | ({} if has_secrets else {"checksum": one.checksum})
        for one in found[:limit]
    ]
    links = _links(f"{ROOT}/products/{key}/versions", given, following)
    return answers.quick_json({"_links": links, "count": kept.count(), "items": items})


@everyone
@require_safe
def contract_file(request: HttpRequest, key: str) -> HttpResponse:
    """Give the contract of a product as it was agreed (ODCS)."""
    path = contract(key).path
    if path is None:
        raise NotFound(what=key)
    return HttpResponse(path.read_bytes(), content_type="application/yaml")


@everyone
@require_safe
def download(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """Send all rows that match as a file, as a stream."""
    if form not in FORMATS:
        raise NotFound(what=form)
    given = answers.parameters(request)
    product = answers.opened(request, key, given)
    etag = etag_of("download", form, key, product.version.number, request.META.get("QUERY_STRING"))
    if same := not_modified(request, etag):
        return same
    question = read_question(given, product.fields)
    wanted = downloads.Download(product, question, form)
    name = f"{key}-{product.version.number}.{form}"
    if form == "parquet" and product.is_whole(question) and not question.fields:
        answer = _file(request, product.parquet)
    else:
        wanted.check()
        answer = StreamingHttpResponse(_counted(wanted, request))
    answer.headers["Content-Type"] = wanted.media
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = _kept(given)
    return answer


def _counted(wanted: downloads.Download, request: HttpRequest) -> Iterator[bytes]:
    """Send the stream; it counts as a use when it was sent to its end."""
    yield from wanted.chunks()
    gate.count_use(
        wanted.product.contract.key,
        activity=reading.ACTIVITY,
        by=actor_of(request),
        rows=wanted.product.count(wanted.question.conditions),
    )


def _file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a file, or the part of it that is asked for, so that analysis tools read only what they need."""
    size = Path(path).stat().st_size
    part = downloads.read_range(request.headers.get("Range", ""), size)
    if part is None:
        answer: HttpResponseBase = FileResponse(Path(path).open("rb"))  # noqa: SIM115 - closed with the answer
        answer.headers["Accept-Ranges"] = "bytes"
        return answer
    start, end = part
    if start >= size:
        answer = HttpResponse(status=416)
        answer.headers["Content-Range"] = f"bytes */{size}"
        return answer
    answer = StreamingHttpResponse(downloads.slice_of(path, start, end), status=206)
    answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    answer.headers["Content-Length"] = str(end - start)
    answer.headers["Accept-Ranges"] = "bytes"
    return answer
