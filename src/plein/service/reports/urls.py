"""Addresses of the reports."""

from django.urls import path

from plein.service.reports.api import document, open311, open311_document, signalen
from plein.service.reports.views import filing, following, learning, photos, public, rounds, rules

urlpatterns = [
    path("", public.listing, name="list"),
    path("nieuw", filing.new, name="new"),
    path("nieuw/vergeten", filing.forget, name="forget"),
    path("nieuw/<slug:step>", filing.step, name="step"),
    path("werk/foto/<slug:key>", photos.photo, name="work-photo"),
    path("werk/foto/<slug:key>/bestand", photos.original, name="work-photo-file"),
    path("werk/foto/<slug:key>/openbaar", photos.public, name="work-photo-public"),
    path("werk/foto/<slug:key>/aanwijzen", photos.mark, name="work-photo-mark"),
    path("werk/foto/<slug:key>/onleesbaar", photos.save, name="work-photo-save"),
    path("werk/foto/<slug:key>/tonen", photos.show, name="work-photo-show"),
    path("werk/foto/<slug:key>/binnenhouden", photos.hide, name="work-photo-hide"),
    path("werk/fotos", photos.waiting, name="work-photos"),
    path("werk/ronde", rounds.walk, name="round"),
    path("werk/ronde/werker.js", rounds.worker, name="round-worker"),
    path("werk/regels", rules.listing, name="rules"),
    path("werk/regels/nieuw", rules.edit, name="rule-new"),
    path("werk/regels/<int:pk>", rules.edit, name="rule"),
    path("verstuurd", filing.sent, name="sent"),
    path("object/<slug:key>", filing.thing, name="thing"),
    path("m/<slug:key>", public.report, name="report"),
    path("m/<slug:key>/ook", following.me_too, name="me-too"),
    path("foto/<slug:key>", public.photo, name="photo"),
    path("volg/<slug:secret>", following.follow, name="follow"),
    path("volg/<slug:secret>/vertel", following.add, name="add"),
    path("volg/<slug:secret>/gegevens", following.details, name="details"),
    path("volg/<slug:secret>/opgelost", following.judge, name="judge"),
    path("volg/<slug:secret>/intrekken", following.withdraw, name="withdraw"),
    path("volg/<slug:secret>/foto/<slug:key>", following.photo, name="own-photo"),
    path("leren/", learning.causes, name="causes"),
    path("leren/<int:pk>/beslis/", learning.decide, name="decide-cause"),
]
api_urlpatterns = [*signalen.addresses, *open311.addresses]
__all__ = ["api_urlpatterns", "document", "open311_document", "urlpatterns"]
