"""Addresses of forms."""

from django.urls import path

from plein.casework.forms.views import files

urlpatterns = [
    path("bestanden/<str:token>", files.file, name="file"),
]
