"""Addresses of the register of algorithms."""

from django.urls import path

from plein.trust.algorithms import views

urlpatterns = [
    path("", views.register, name="register"),
    path("register.json", views.export_json, name="export-json"),
    path("werk", views.desk, name="desk"),
    path("werk/versies/<int:pk>/goedkeuren", views.approve, name="approve"),
    path("werk/versies/<int:pk>/beeindigen", views.end, name="end"),
    path("<str:key>", views.algorithm, name="algorithm"),
    path("<str:key>/uitzetten", views.stop, name="stop"),
    path("<str:key>/aanzetten", views.start, name="start"),
    path("<str:key>/verlengen", views.renew, name="renew"),
    path("<str:key>/gebruiken/<int:number>", views.use, name="use"),
]
