"""The addresses of the portal: pages in Dutch under /data/, interfaces under /api/data and /api/features."""

from django.urls import path, re_path

from plein.insight.opendata.api import data, documents, features
from plein.insight.opendata.views import asking, catalogue, desk, portal, product

KEY = r"(?P<key>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)"

urlpatterns = [
    path("", portal.portal, name="portal"),
    re_path(r"^catalogus\.(?P<notation>ttl|jsonld|rdf)$", catalogue.catalogue, name="catalogue"),
    path("catalogus", catalogue.negotiated, name="catalogue-any"),
    path("vraag/", asking.ask, name="ask"),
    path("vraag/<str:reference>/", asking.answer, name="answer"),
    path("vragen/", desk.desk, name="desk"),
    path("vragen/<str:reference>/", desk.request_page, name="request"),
    path("gemaakt/<str:reference>/beslis/", desk.decide, name="decide"),
    re_path(rf"^{KEY}/$", product.product, name="product"),
    re_path(rf"^{KEY}/rijen/$", product.rows, name="rows"),
    re_path(rf"^{KEY}/gemaakt/$", asking.reuse, name="reuse"),
]

api_urlpatterns = [
    path("data/v1/products", data.product_list, name="products"),
    re_path(rf"^data/v1/products/{KEY}$", data.one_product, name="product"),
    re_path(rf"^data/v1/products/{KEY}/rows$", data.rows, name="rows"),
    re_path(rf"^data/v1/products/{KEY}/facets$", data.facets, name="facets"),
    re_path(rf"^data/v1/products/{KEY}/versions$", data.versions, name="versions"),
    re_path(rf"^data/v1/products/{KEY}/contract$", data.contract_file, name="contract"),
    re_path(rf"^data/v1/products/{KEY}/download/(?P<form>[a-z]{{3,8}})$", data.download, name="download"),
    path("features/v1", features.landing, name="landing"),
    path("features/v1/conformance", features.conformance, name="conformance"),
    path("features/v1/collections", features.collections, name="collections"),
    re_path(rf"^features/v1/collections/{KEY}$", features.collection, name="collection"),
    re_path(rf"^features/v1/collections/{KEY}/items$", features.items, name="items"),
    re_path(rf"^features/v1/collections/{KEY}/items/(?P<feature>.+)$", features.item, name="item"),
]
INTERFACES = (documents.data_document, documents.features_document)
