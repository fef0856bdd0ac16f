from django.urls import path

from plein.foundation.api.interfaces import mount
from plein.insight.monitor import views
from plein.insight.monitor.api import api

urlpatterns = [
    path("", views.board, name="board"),
    path("thema/<slug:key>/", views.theme, name="theme"),
    path("gebied/<str:code>/", views.area, name="area"),
    path("vergelijk/", views.compare, name="compare"),
    path("methode/", views.method, name="method"),
    path("rapport/", views.report, name="report"),
    path("rapport.pdf", views.report_pdf, name="report-pdf"),
    path("selecties/", views.selections, name="selections"),
    path("selecties/<int:pk>/weg/", views.drop_selection, name="drop-selection"),
    path("maken/", views.desk, name="desk"),
    path("maken/nieuw/", views.new_indicator, name="new"),
    path("maken/<slug:key>/", views.edit_indicator, name="edit"),
    path("maken/<slug:key>/publiceren/", views.publish, name="publish"),
    path("maken/<slug:key>/weg/", views.drop, name="drop"),
    path("maken/<slug:key>/stoppen/", views.retire, name="retire"),
    path("indicator/<slug:key>/", views.indicator, name="indicator"),
    path("indicator/<slug:key>/waarden.csv", views.indicator_csv, name="indicator-csv"),
]

api_urlpatterns = mount(api)
