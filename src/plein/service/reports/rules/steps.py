"""The steps of saying it: which come, in which order, and which is next."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from plein.foundation.words import Text

TITLES = {
    "wat": Text("Wat is er aan de hand?", "What is the matter?"),
    "gevaar": Text("Is er gevaar?", "Is there danger?"),
    "soort": Text("Waar gaat het over?", "What is it about?"),
    "plaats": Text("Waar is het?", "Where is it?"),
    "ding": Text("Welk ding is het?", "Which thing is it?"),
    "zelfde": Text("Is dit al gemeld?", "Was this reported already?"),
    "vragen": Text("Nog een vraag", "One more question"),
    "contact": Text("Wilt u horen hoe het afloopt?", "Do you want to hear how it ends?"),
    "controle": Text("Klopt alles?", "Is everything right?"),
}


@dataclass
class Draft:
    """What somebody said so far, as the session keeps it.

    key: of this form. photos: tokens of uploads. suggestions: [slug, certainty, is_sure] from the text.
    """

    key: str
    started: float = 0.0
    text: str = ""
    photos: list[str] = field(default_factory=list)
    category: str = ""
    suggestions: list[list[Any]] = field(default_factory=list)
    danger_seen: bool = False
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    place_found: str = ""
    asset: str = ""
    asset_asked: bool = False
    not_same: bool = False
    answers: dict[str, Any] = field(default_factory=dict)
    answered: bool = False
    contact: dict[str, str] = field(default_factory=dict)
    contact_asked: bool = False

    def as_json(self) -> dict[str, Any]:
        """Write it for the session."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Draft":
        """Read it from the session; what an older form kept and this one does not know is left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})


@dataclass(frozen=True, slots=True)
class Around:
    """What decides which steps come: danger in the text or category, things and reports nearby, extra questions."""

    is_dangerous: bool = False
    text_is_dangerous: bool = False
    has_things: bool = False
    has_same: bool = False
    has_questions: bool = False


def steps(draft: Draft, around: Around) -> list[str]:
    """List the steps of this report, in order."""
    danger_first = ["gevaar"] if around.text_is_dangerous else []
    danger_later = ["gevaar"] if around.is_dangerous and not around.text_is_dangerous else []
    things = ["ding"] if around.has_things else []
    same = ["zelfde"] if around.has_same else []
    questions = ["vragen"] if around.has_questions else []
    return ["wat", *danger_first, "soort", *danger_later, "plaats", *things, *same, *questions, "contact", "controle"]


def is_done(step: str, draft: Draft) -> bool:
    """Tell whether a step was answered."""
    done = {
        "wat": bool(draft.text),
        "gevaar": draft.danger_seen,
        "soort": bool(draft.category),
        "plaats": draft.lon is not None and draft.lat is not None,
        "ding": draft.asset_asked or bool(draft.asset),
        "zelfde": draft.not_same,
        "vragen": draft.answered,
        "contact": draft.contact_asked,
    }
    return done.get(step, False)


def next_step(draft: Draft, around: Around) -> str:
    """Name the first step that is not answered yet."""
    return next(step for step in steps(draft, around) if not is_done(step, draft))


def may_open(step: str, draft: Draft, around: Around) -> bool:
    """Tell whether a step can be opened: everything before it is answered."""
    order: Sequence[str] = steps(draft, around)
    if step not in order:
        return False
    return all(is_done(one, draft) for one in order[: order.index(step)])
