"""Addresses of measuring."""

from django.urls import re_path

from plein.city.sensing.api.views import sensorthings

api_urlpatterns = [
    re_path(r"^sensorthings/v1\.1(?P<path>/.*)?$", sensorthings, name="sensorthings"),
]
