"""`plein room`: furnish a new room, so that its first test can be written at once."""

import re
from pathlib import Path

import click

WINGS = ("service", "city", "voice", "insight", "steering", "trust")

FURNITURE = {
    "__init__.py": '"""{Title}: say in one paragraph what this room is for."""\n',
    "apps.py": '''"""The sign on the door of {title}."""

from plein.foundation.rooms import Room
from plein.foundation.words import Text


class {Title}(Room):
    """Say in one sentence what this room does for whom."""

    name = "plein.{wing}.{name}"
    label = "{name}"
    title = Text("{Title}", "{Title}")
    purpose = Text("Zeg in een zin waar deze kamer voor is.", "Say in one sentence what this room is for.")
    owner = "role:administrator"
    address = "{name}"
''',
    "urls.py": '''"""The addresses of {title}."""

from django.urls import path

from plein.{wing}.{name} import views

urlpatterns = [path("", views.home, name="home")]
''',
    "views.py": '''"""The pages of {title}."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plein.foundation.identity.access import everyone


@everyone
def home(request: HttpRequest) -> HttpResponse:
    """Show the room."""
    return render(request, "{name}/home.html")
''',
    "rules.py": '"""What {title} decides: values in, values out."""\n',
    "errors.py": '"""The refusals of {title}."""\n',
    "templates/{name}/home.html": """{{% extends "ui/frames/sheet.html" %}}
{{% load i18n %}}
{{% block title %}}{Title}{{% endblock %}}
{{% block main %}}<p>{{% translate "This room is still empty." %}}</p>{{% endblock %}}
""",
    "tests/__init__.py": "",
    "tests/test_pages.py": '''"""The pages of {title}, as a visitor meets them."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_room_opens_for_everyone(client: Client) -> None:
    answer = client.get("/{name}/")

    assert answer.status_code == 200
''',
    "migrations/__init__.py": "",
    "locale/nl/LC_MESSAGES/django.po": """msgid ""
msgstr ""
"Language: nl\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "This room is still empty."
msgstr "Deze kamer is nog leeg."
""",
}


def furnish(house: Path, *, wing: str, name: str) -> list[Path]:
    """Write the furniture of a new room, and put it on the list of installed apps.

    house: the folder of the package plein. Returns the files written.
    """
    words = {"wing": wing, "name": name, "title": name.replace("_", " "), "Title": name.title().replace("_", "")}
    written = []
    for place, text in FURNITURE.items():
        path = house / wing / name / place.format(**words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words), encoding="utf-8")
        written.append(path)
    settings = house / "site" / "settings.py"
    listed = settings.read_text(encoding="utf-8")
    settings.write_text(listed.replace('    "plein.site",\n', f'    "plein.{wing}.{name}",\n    "plein.site",\n', 1))
    return written


@click.command()
@click.argument("wing", type=click.Choice(WINGS))
@click.argument("name")
def command(wing: str, name: str) -> None:
    """Furnish a new room NAME in a WING of the house, e.g. plein room city bridges."""
    import plein

    house = Path(plein.__file__).parent
    if not re.fullmatch(r"[a-z][a-z_]{2,30}", name):
        raise click.BadParameter("a room's name is 3 to 31 small letters or _, e.g. bridges", param_hint="NAME")
    if (house / wing / name).exists():
        raise click.ClickException(f"There is a room {wing}/{name} already. Choose another name.")
    for path in furnish(house, wing=wing, name=name):
        click.echo(f"  {path.relative_to(house.parent)}")
    click.echo(f"\nThe room stands at /{name}/. Read docs/do/make-a-room.md and write its first test.")
