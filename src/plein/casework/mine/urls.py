"""Addresses of Mijn Plein."""

from django.urls import path

from plein.casework.mine.views import account, cases, home

urlpatterns = [
    path("", home.home, name="home"),
    path("zaken", cases.listed, name="cases"),
    path("zaken/<uuid:uuid>", cases.case, name="case"),
    path("zaken/<uuid:uuid>/vraag", cases.ask, name="ask"),
    path("zaken/<uuid:uuid>/documenten/<uuid:document>", cases.document, name="document"),
    path("gegevens", account.account, name="account"),
    path("gegevens/overzicht.<str:form>", account.download, name="download"),
    path("gegevens/<str:key>", account.activity, name="activity"),
    path("gegevens/<str:key>/<slug:kind>", account.ask, name="ask-about-use"),
]
