"""Addresses of the register and the log."""

from django.urls import path

from plein.trust.processing import api, views

urlpatterns = [
    path("", views.register, name="register"),
    path("register.json", views.export_json, name="export-json"),
    path("register.csv", views.export_csv, name="export-csv"),
    path("werk", views.desk, name="desk"),
    path("werk/gebruik", views.usage, name="usage"),
    path("werk/weigeringen", views.refusals, name="refusals"),
    path("werk/nieuw", views.propose_new, name="propose-new"),
    path("werk/afspraken/<int:pk>/goedkeuren", views.approve_agreement, name="approve-agreement"),
    path("werk/afspraken/<int:pk>/afwijzen", views.reject_agreement, name="reject-agreement"),
    path("werk/afspraken", views.agreements, name="agreements"),
    path("werk/afspraken/<int:pk>/beeindigen", views.end_agreement, name="end-agreement"),
    path("werk/versies/<int:pk>/goedkeuren", views.approve, name="approve"),
    path("werk/versies/<int:pk>/beeindigen", views.end, name="end"),
    path("<str:key>", views.activity, name="activity"),
    path("<str:key>/voorstel", views.propose, name="propose"),
]

api_urlpatterns = [
    path("logboek/v1/processing-activities", api.processing_activities, name="log"),
    path("verwerkingen/v0/processing_activities", api.activities, name="activities"),
    path("verwerkingen/v0/processing_activities/<uuid:uid>", api.activity, name="activity"),
    path("verwerkingen/v0/processing_activities/<uuid:uid>/versions/<int:number>", api.version, name="version"),
    path("verwerkingen/v0/entities/<uuid:uid>", api.entity, name="entity"),
]
