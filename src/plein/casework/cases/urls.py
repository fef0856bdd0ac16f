"""Addresses of the management of cases."""

from django.urls import path

from plein.casework.cases.views import archive, rights, types

urlpatterns = [
    path("typen", types.index, name="types"),
    path("typen/nieuw", types.new, name="new-type"),
    path("typen/<slug:key>", types.one, name="type"),
    path("typen/<slug:key>/versie", types.version, name="new-version"),
    path("typen/<slug:key>/<int:versie>/wijzigen", types.edit, name="edit-type"),
    path("typen/<slug:key>/<int:versie>/publiceren", types.publish, name="publish-type"),
    path("typen/<slug:key>/<int:versie>/weg", types.drop, name="drop-concept"),
    path("typen/<slug:key>/<int:versie>/<slug:kind>", types.part, name="new-part"),
    path("typen/<slug:key>/<int:versie>/<slug:kind>/<int:pk>", types.part, name="edit-part"),
    path("typen/<slug:key>/<int:versie>/<slug:kind>/<int:pk>/weg", types.drop_part, name="drop-part"),
    path("rechten", rights.index, name="rights"),
    path("rechten/<int:pk>/weg", rights.withdraw, name="withdraw"),
    path("archief", archive.index, name="archive"),
    path("archief/lijst", archive.draft, name="draft-destruction"),
    path("archief/register", archive.register, name="destroyed"),
    path("archief/zaak", archive.find, name="find-export"),
    path("archief/zaak/<uuid:uuid>.zip", archive.export, name="export"),
    path("archief/<uuid:uuid>", archive.one, name="destruction"),
    path("archief/<uuid:uuid>/regel/<int:pk>", archive.keep, name="keep"),
    path("archief/<uuid:uuid>/voorstellen", archive.propose, name="propose-destruction"),
    path("archief/<uuid:uuid>/goedkeuren", archive.approve, name="approve-destruction"),
    path("archief/<uuid:uuid>/afwijzen", archive.refuse, name="refuse-destruction"),
]
