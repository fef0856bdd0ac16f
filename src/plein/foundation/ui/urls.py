"""Addresses of the frame itself."""

from django.urls import path

from plein.foundation.ui import views

urlpatterns = [
    path("weergave", views.choose_appearance, name="appearance"),
    path("thema.css", views.theme, name="theme"),
]
