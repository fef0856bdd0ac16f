"""The texts of the shipped indicators are whole: a comma in YAML cuts a text that has no quotes."""

from collections.abc import Iterator
from typing import Any

from plein.insight.monitor.actions.importing import shipped_files


def texts(thing: Any) -> Iterator[dict[str, Any]]:
    """Find every text in two languages."""
    if isinstance(thing, dict):
        if "nl" in thing:
            yield thing
        for inner in thing.values():
            yield from texts(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from texts(inner)


def test_every_text_has_its_two_languages_and_nothing_else() -> None:
    found = [text for file in shipped_files() for text in texts(file)]

    assert found
    assert [text for text in found if set(text) != {"nl", "en"} or not all(text.values())] == []
