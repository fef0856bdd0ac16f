from django.urls import path

from plein.foundation.api import views
from plein.foundation.api.event_interface import api as events
from plein.foundation.api.interfaces import mount
from plein.foundation.identity.access import Access

urlpatterns = [
    path("api/", views.interfaces, name="interfaces"),
    path("api/uitleg/<slug:name>/<str:major>/", views.one_interface, name="interface"),
]
EVENTS = Access("right", right="events.read")
api_urlpatterns = [
    path("<slug:name>/<str:major>/openapi.json", views.openapi, name="openapi"),
    *mount(events, access_to={"/events": EVENTS, "/events/{uuid:id}": EVENTS}),
]
