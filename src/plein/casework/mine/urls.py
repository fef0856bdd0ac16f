"""Addresses of Mijn Plein."""

from django.urls import path

from plein.casework.mine.views import account, cases, home, messages, preferences

urlpatterns = [
    path("", home.home, name="home"),
    path("zaken", cases.listed, name="cases"),
    path("zaken/<uuid:uuid>", cases.case, name="case"),
    path("zaken/<uuid:uuid>/vraag", cases.ask, name="ask"),
    path("zaken/<uuid:uuid>/documenten/<uuid:document>", cases.document, name="document"),
    path("berichten", messages.listed, name="messages"),
    path("berichten/<uuid:uuid>", messages.message, name="message"),
    path("berichten/<uuid:uuid>/brief.pdf", messages.letter, name="letter"),
    path("voorkeuren", preferences.preferences, name="preferences"),
    path("voorkeuren/e-mail", preferences.change_email, name="change-email"),
    path("voorkeuren/e-mail/code", preferences.confirm_email, name="confirm-email"),
    path("voorkeuren/e-mail/weg", preferences.remove_email, name="remove-email"),
    path("gegevens", account.account, name="account"),
    path("gegevens/overzicht.<str:form>", account.download, name="download"),
    path("gegevens/<str:key>", account.activity, name="activity"),
    path("gegevens/<str:key>/<slug:kind>", account.ask, name="ask-about-use"),
]
