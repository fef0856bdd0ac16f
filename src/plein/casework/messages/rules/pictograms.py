"""The pictograms of picture letters: icons of the house, each with what it shows in words. Pure."""

from plein.foundation.words import Text

PICTOGRAMS: dict[str, Text] = {
    "alarm-clock": Text("Wekker", "Alarm clock"),
    "building-2": Text("Gebouw", "Building"),
    "calendar": Text("Kalender", "Calendar"),
    "camera": Text("Camera", "Camera"),
    "check": Text("Vinkje", "Tick"),
    "clock": Text("Klok", "Clock"),
    "clipboard-list": Text("Lijst", "List"),
    "euro": Text("Euro", "Euro"),
    "eye": Text("Oog", "Eye"),
    "file-text": Text("Papier", "Paper"),
    "flag": Text("Vlag", "Flag"),
    "gavel": Text("Hamer", "Gavel"),
    "hand": Text("Hand", "Hand"),
    "handshake": Text("Twee handen", "Two hands"),
    "house": Text("Huis", "House"),
    "id-card": Text("Pas", "Card"),
    "info": Text("Letter i", "Letter i"),
    "key": Text("Sleutel", "Key"),
    "landmark": Text("Gemeentehuis", "Town hall"),
    "link": Text("Schakel", "Link"),
    "mail": Text("Brief", "Letter"),
    "map-pin": Text("Plek op de kaart", "Place on the map"),
    "message-square": Text("Bericht", "Message"),
    "monitor": Text("Computer", "Computer"),
    "pencil": Text("Potlood", "Pencil"),
    "phone": Text("Telefoon", "Phone"),
    "rotate-ccw": Text("Pijl terug", "Arrow back"),
    "search": Text("Loep", "Magnifying glass"),
    "send": Text("Papieren vliegtuig", "Paper plane"),
    "smile": Text("Blij gezicht", "Happy face"),
    "tag": Text("Label", "Tag"),
    "timer": Text("Stopwatch", "Stopwatch"),
    "truck": Text("Vrachtauto", "Lorry"),
    "user-check": Text("Persoon met vinkje", "Person with a tick"),
    "users-round": Text("Mensen", "People"),
    "wrench": Text("Gereedschap", "Spanner"),
    "x": Text("Kruis", "Cross"),
}
BY_KIND = {
    "paragraph": "info",
    "list": "clipboard-list",
    "step": "hand",
    "fact": "tag",
    "date": "calendar",
    "amount": "euro",
    "link": "monitor",
}
"""The pictogram of a block that names none."""


def pictogram(block: dict[str, str]) -> str:
    """Name the pictogram of a block."""
    return block.get("picture") or BY_KIND[block["kind"]]
