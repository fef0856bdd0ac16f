from django.urls import path

from plein.foundation.jobs import views

urlpatterns = [
    path("werk/taken/", views.jobs, name="list"),
    path("werk/taken/<int:run>/", views.one_run, name="run"),
    path("werk/taken/<int:run>/opnieuw/", views.retry, name="retry"),
]
