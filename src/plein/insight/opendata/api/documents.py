"""The interfaces of the portal in OpenAPI."""

from typing import Any

from plein.foundation.api.interfaces import interface
from plein.foundation.words import Text
from plein.insight.opendata.queries.formats import FORMATS

Document = dict[str, Any]
DATA_TEXT = Text(
    "Alle databronnen van de gemeente. Filter met `kolom=waarde` of `kolom__vergelijking=waarde`; vergelijkingen zijn "
    "eq, ne, lt, lte, gt, gte, in, isnull, contains en startswith. Elk antwoord telt precies hoeveel rijen passen.",
    "All data products of the municipality. Filter with `column=value` or `column__comparison=value`; comparisons are "
    "eq, ne, lt, lte, gt, gte, in, isnull, contains and startswith. Every answer counts exactly how many rows match.",
)
FEATURES_TEXT = Text(
    "Elke open databron met een plek in de rijen, volgens OGC API Features deel 1.",
    "Every open data product with a place in its rows, by OGC API Features part 1.",
)


def _query(name: str, schema: Document, said: str, **more: Any) -> Document:
    return {"name": name, "in": "query", "description": said, "schema": schema, **more}


def _path(name: str, said: str, **schema: Any) -> Document:
    return {"name": name, "in": "path", "required": True, "description": said, "schema": {"type": "string", **schema}}


def _answer(said: str, schema: Document | None = None, media: str = "application/json") -> Document:
    return {"description": said, "content": {media: {"schema": schema or {"type": "object"}}}}


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


NOT_MODIFIED = {"304": {"description": "You have this answer already."}}
CLOSED = {"403": {"$ref": "#/components/responses/Problem403"}}
TEXT: Document = {"type": "string"}
KEY = _path("key", "Key of the product, such as sensing.hourly_means.", pattern="^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$")
FILTERS = _query(
    "filters",
    {"type": "object", "additionalProperties": {"type": "string"}},
    "A filter per column: column=value, or column__comparison=value.",
    style="form",
    explode=True,
)
LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}, "Rows on a page.")
CURSOR = _query("cursor", TEXT, "The mark of the page, from the link next of the page before.")
FIELDS = _query("fields", TEXT, "The columns to give, split by commas; all when left out.")
SORT = _query("sort", TEXT, "The column to sort by, with a minus in front for descending.")
VERSION = _query("version", {"type": "integer", "minimum": 1, "maximum": 999999999}, "The number of an older version.")
AS_OF = _query("asOf", TEXT, "A day or moment: the version that held then.")
ROWS_QUESTION = [FILTERS, SORT, FIELDS, VERSION, AS_OF]

LINK: Document = {"type": "object", "required": ["href"], "properties": {"href": {"type": "string"}}}
LINKS: Document = {"type": "object", "additionalProperties": LINK}
SAID: Document = {"type": "object", "properties": {"nl": TEXT, "en": TEXT}}
MOMENT: Document = {"type": ["string", "null"], "format": "date-time"}
NUMBER: Document = {"type": ["integer", "null"]}
TEXTS: Document = {"type": "array", "items": TEXT}
ROW: Document = {
    "type": "object",
    "description": "One row: column names with their values.",
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
PRODUCT_FIELDS: Document = {
    "key": TEXT,
    "title": SAID,
    "description": SAID,
    "openness": {"type": "string", "enum": ["open", "shared", "closed"]},
    "theme": TEXT,
    "owner": TEXT,
    "licence": TEXT,
    "keywords": TEXTS,
    "version": NUMBER,
    "rows": NUMBER,
    "publishedAt": MOMENT,
    "refreshedAt": MOMENT,
    "isFresh": {"type": ["boolean", "null"]},
    "formats": TEXTS,
    "_links": LINKS,
}


def _listing(item: Document) -> Document:
    return {
        "type": "object",
        "required": ["count", "items"],
        "properties": {"_links": LINKS, "count": {"type": "integer"}, "items": {"type": "array", "items": item}},
    }


def _schemas() -> Document:
    rows = _listing(ROW)
    rows["properties"] |= {"product": TEXT, "version": {"type": "integer"}, "publishedAt": MOMENT}
    version = {"number": {"type": "integer"}, "publishedAt": MOMENT, "rows": {"type": "integer"}, "checksum": TEXT}
    value: Document = {
        "type": "object",
        "properties": {"value": {"type": ["string", "number", "boolean", "null"]}, "count": {"type": "integer"}},
    }
    facet = {"type": "object", "properties": {"column": TEXT, "values": {"type": "array", "items": value}}}
    return {
        "Product": {"type": "object", "required": ["key", "title", "openness"], "properties": PRODUCT_FIELDS},
        "Products": _listing(_ref("Product")),
        "Rows": rows,
        "Version": {"type": "object", "properties": version},
        "Versions": _listing(_ref("Version")),
        "Facets": {
            "type": "object",
            "properties": {
                "product": TEXT,
                "version": {"type": "integer"},
                "count": {"type": "integer"},
                "facets": {"type": "array", "items": facet},
            },
        },
    }


def _get(summary: str, operation: str, parameters: list[Document], answers: Document) -> Document:
    return {
        "get": {"summary": summary, "operationId": operation, "parameters": parameters, "responses": answers},
    }


def _downloads() -> Document:
    return {
        "200": {
            "description": "The file, as a stream.",
            "content": {one.media: {"schema": {"type": "string", "format": "binary"}} for one in FORMATS.values()},
        }
    }


@interface("data", version="1.0.0", title=Text("Open data", "Open data"), description=DATA_TEXT, open_data=True)
def data_document() -> Document:
    """Describe the portal's own interface."""
    choices = [
        _query("q", TEXT, "Words that must occur."),
        _query("theme", TEXT, "Code of the EU data theme, such as TRAN."),
        _query("openness", {"type": "string"}, "open, shared or closed."),
        _query("format", {"type": "string"}, f"One of {', '.join(FORMATS)}."),
        _query("owner", TEXT, "Who answers for it."),
    ]
    facets = _query("facets", TEXT, "The columns to count, split by commas; at most ten.", required=True)
    size = _query("size", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20}, "Values per column.")
    form = _path("format", "The format.", enum=list(FORMATS))
    return {
        "paths": {
            "/products": _get(
                "List the products",
                "products",
                [*choices, LIMIT, CURSOR],
                {"200": _answer("Products", _ref("Products"))},
            ),
            "/products/{key}": _get(
                "Describe a product", "product", [KEY], {"200": _answer("The product", _ref("Product"))}
            ),
            "/products/{key}/rows": _get(
                "Give rows with filter, sort and exact count",
                "rows",
                [KEY, *ROWS_QUESTION, LIMIT, CURSOR],
                {"200": _answer("A page of rows", _ref("Rows")), **NOT_MODIFIED, **CLOSED},
            ),
            "/products/{key}/facets": _get(
                "Count the values of columns",
                "facets",
                [KEY, facets, size, FILTERS, VERSION, AS_OF],
                {"200": _answer("The facets", _ref("Facets")), **NOT_MODIFIED, **CLOSED},
            ),
            "/products/{key}/versions": _get(
                "List the versions", "versions", [KEY, LIMIT, CURSOR], {"200": _answer("Versions", _ref("Versions"))}
            ),
            "/products/{key}/contract": _get(
                "Give the contract (ODCS)", "contract", [KEY], {"200": _answer("YAML", TEXT, "application/yaml")}
            ),
            "/products/{key}/download/{format}": _get(
                "Download all rows that match",
                "download",
                [KEY, form, *ROWS_QUESTION],
                {**_downloads(), **NOT_MODIFIED, **CLOSED},
            ),
        },
        "components": {"schemas": _schemas()},
    }


@interface(
    "features",
    version="1.0.0",
    title=Text("Open data met een plek", "Open data with a place"),
    description=FEATURES_TEXT,
    open_data=True,
    follows="OGC API Features 1.0",
)
def features_document() -> Document:
    """Describe OGC API Features."""
    form = _query("f", {"type": "string", "enum": ["json"]}, "The format of the answer.")
    key = _path("collectionId", "Key of the product.")
    feature = _path("featureId", "Name of the feature.")
    limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": 10000, "default": 10}, "Features on a page.")
    box: Document = {
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    }
    bbox = _query("bbox", box, "west,south,east,north in degrees (CRS84).", style="form", explode=False)
    when = _query("datetime", TEXT, "A moment, or an interval such as 2026-01-01T00:00:00Z/..")
    geojson = "application/geo+json"
    return {
        "openapi": "3.0.3",
        "paths": {
            "/": _get("Welcome", "getLandingPage", [form], {"200": _answer("Links")}),
            "/conformance": _get(
                "What it conforms to", "getConformanceDeclaration", [form], {"200": _answer("Conformance")}
            ),
            "/collections": _get("List the collections", "getCollections", [form], {"200": _answer("Collections")}),
            "/collections/{collectionId}": _get(
                "Describe a collection", "describeCollection", [key, form], {"200": _answer("The collection")}
            ),
            "/collections/{collectionId}/items": _get(
                "Give features",
                "getFeatures",
                [key, limit, bbox, when, FILTERS, CURSOR, form],
                {"200": _answer("Features", None, geojson), **NOT_MODIFIED},
            ),
            "/collections/{collectionId}/items/{featureId}": _get(
                "Give one feature", "getFeature", [key, feature, form], {"200": _answer("The feature", None, geojson)}
            ),
        },
    }
