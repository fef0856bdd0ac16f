"""The address of search."""

from django.urls import path

from plein.foundation.search import views

urlpatterns = [path("zoeken/", views.search, name="search")]
