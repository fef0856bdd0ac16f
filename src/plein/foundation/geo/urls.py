from django.urls import path, re_path

from plein.foundation.geo import views

urlpatterns = [
    re_path(r"^gebieden/(?P<kind>gemeente|wijk|buurt)\.geojson$", views.areas, name="areas"),
    path("gebieden/ondergrond.geojson", views.background, name="background"),
]
