from django.urls import path

from plein.foundation.events import views

urlpatterns = [
    path("werk/berichten/", views.events, name="list"),
    path("werk/berichten/afleveringen/<int:delivery>/", views.settle, name="settle"),
    path("werk/berichten/abonnementen/nieuw/", views.subscribe, name="subscribe"),
    path("werk/berichten/abonnementen/<int:subscription>/stoppen/", views.unsubscribe, name="unsubscribe"),
]
