"""Addresses of forms."""

from django.urls import path

from plein.casework.forms.views import counter, editor, files, insight, residents

urlpatterns = [
    path("", residents.index, name="index"),
    path("bestanden/<str:token>", files.file, name="file"),
    path("verder/<str:secret>", residents.resume, name="resume"),
    path("werk/balie", counter.counter, name="counter"),
    path("werk/inzicht", insight.insight, name="insight"),
    path("werk/inzicht/<slug:key>", insight.form, name="insight-form"),
    path("werk/maken", editor.editor, name="editor"),
    path("werk/maken/<slug:key>", editor.edit, name="edit"),
    path("werk/maken/<slug:key>/teksten", editor.texts, name="edit-texts"),
    path("werk/maken/<slug:key>/geheel", editor.whole, name="edit-whole"),
    path("werk/maken/<slug:key>/stap/<str:step>", editor.step, name="edit-step"),
    path("werk/maken/<slug:key>/vraag/<str:step>/<str:question>", editor.question, name="edit-question"),
    path("werk/maken/<slug:key>/doen", editor.act, name="edit-act"),
    path("werk/maken/<slug:key>/publiceren", editor.publish, name="publish"),
    path("werk/maken/<slug:key>/schakelen", editor.switch, name="switch"),
    path("werk/voorbeeld/<slug:key>/<int:number>/<str:step>", editor.preview, name="preview"),
    path("<slug:key>", residents.start, name="start"),
    path("<slug:key>/papier", counter.paper, name="paper"),
    path("<slug:key>/stap/<str:step>", residents.step, name="step"),
    path("<slug:key>/controle", residents.check, name="check"),
    path("<slug:key>/versturen", residents.send, name="send"),
    path("<slug:key>/verstuurd", residents.sent, name="sent"),
    path("<slug:key>/bewaren", residents.save, name="save"),
    path("<slug:key>/stoppen", residents.stop, name="stop"),
]
