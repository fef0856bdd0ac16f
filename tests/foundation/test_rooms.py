"""The signs hang where everybody looks for them."""

from plein.foundation.rooms import rooms


def test_every_room_of_the_wings_is_found_by_its_sign() -> None:
    assert {"sensing", "opendata", "monitor", "twin", "processing"} <= {room.label for room in rooms()}
