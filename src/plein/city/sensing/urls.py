"""Addresses of measuring."""

from django.urls import path, re_path

from plein.city.sensing import views
from plein.city.sensing.api.views import sensorthings

urlpatterns = [
    path("", views.overview, name="map"),
    path("waarschuwingen/", views.alerts, name="alerts"),
    path("normen/", views.limits, name="limits"),
    path("zorg/", views.care, name="care"),
    path("zorg/<int:pk>/", views.note, name="note"),
    path("registreren/", views.register, name="register"),
    path("<int:pk>/", views.station, name="station"),
    path("<int:pk>/<slug:quantity>.csv", views.download, name="download"),
]
api_urlpatterns = [
    re_path(r"^sensorthings/v1\.1(?P<path>/.*)?$", sensorthings, name="sensorthings"),
]
