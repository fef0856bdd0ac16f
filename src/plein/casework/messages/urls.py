"""Addresses of the mail room and the texts."""

from django.urls import path

from plein.casework.messages.views import outgoing, texts

urlpatterns = [
    path("", outgoing.board, name="board"),
    path("brieven", outgoing.letters, name="letters"),
    path("brieven/<int:number>.pdf", outgoing.letters_pdf, name="letters-pdf"),
    path("brieven/<int:number>/gepost", outgoing.letters_posted, name="letters-posted"),
    path("brieven/<int:number>/terug", outgoing.letters_back, name="letters-back"),
    path("bellen", outgoing.calls, name="calls"),
    path("bellen/<uuid:uuid>", outgoing.call, name="call"),
    path("zaak/<uuid:uuid>", outgoing.of_case, name="of-case"),
    path("teksten", texts.listed, name="texts"),
    path("teksten/<slug:key>/<int:version>", texts.text, name="text"),
    path("teksten/<slug:key>/<int:version>/bericht.eml", texts.mail, name="mail"),
    path("teksten/<slug:key>/<int:version>/brief.pdf", texts.letter, name="letter"),
    path("teksten/<slug:key>/nieuw", texts.draft, name="draft"),
    path("teksten/<slug:key>/schrijven", texts.edit, name="edit"),
    path("teksten/<slug:key>/gebruiken", texts.publish, name="publish"),
    path("teksten/<slug:key>/weggooien", texts.drop, name="drop"),
    path("<uuid:uuid>", outgoing.dispatch, name="dispatch"),
    path("<uuid:uuid>/opnieuw", outgoing.retry, name="retry"),
    path("<uuid:uuid>/stoppen", outgoing.stop, name="stop"),
    path("<uuid:uuid>/aangekomen", outgoing.arrived, name="arrived"),
]
