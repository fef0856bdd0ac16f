"""Addresses of the desk."""

from django.urls import path

from plein.casework.desk import api
from plein.casework.desk.views import case, deeds, lists, mandates

urlpatterns = [
    path("", lists.work, name="list"),
    path("kaart", lists.on_map, name="map"),
    path("samen", lists.together, name="together"),
    path("machtigingen", mandates.mandates, name="mandates"),
    path("machtigingen/<int:pk>/beeindigen", mandates.end, name="end-mandate"),
    path("zoek", lists.find, name="find"),
    path("bewaren", lists.save, name="save"),
    path("bewaard/<int:pk>/weg", lists.forget, name="forget"),
    path("<uuid:uuid>", case.page, name="case"),
    path("<uuid:uuid>/document/<uuid:document>", case.document, name="document"),
    path("<uuid:uuid>/doe/<slug:key>", deeds.deed, name="deed"),
]
api_urlpatterns = api.addresses
