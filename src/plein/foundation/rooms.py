"""The sign on a room's door: what it is, who owns it, what it processes, computes, publishes and offers.

A sign is plain data. The catalogue, the gate, the jobs, the events, the map and the home page read it; nobody
imports a room to learn what it does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.apps import AppConfig, apps

from plein.foundation.words import Text


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A processing activity as a room proposes it (AVG art. 30); the register holds what the municipality decided.

    legal_basis: a letter of AVG art. 6(1), "6.1.e"; law: the Dutch law behind it, or "".
    persons: whose data, None when no personal data is processed at all.
    columns: per product the columns this purpose may see; a product that is absent gives all its columns.
    rows: per product a SQL condition that this purpose adds, e.g. "openness = 'open'".
    dpv: the purpose as an IRI of the Data Privacy Vocabulary. secret: on what ground (AVG art. 23) the persons it is
    about are not told of this use in their account, such as an investigation; None is told, as it should be.
    """

    key: str
    title: Text
    purpose: Text
    legal_basis: str
    law: str = ""
    data: Text
    persons: Text | None = None
    recipients: Text | None = None
    products: Sequence[str] = ()
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    roles: Sequence[str] = ()
    owner: str
    retention: Text
    retention_days: int | None = None
    security: Text | None = None
    dpv: str = "https://w3id.org/dpv#PublicBenefit"
    assessment: str = ""
    review_after_days: int = 730
    secret: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Algorithm:
    """A computation that suggests or decides, as a room proposes it; it runs only while the register says so.

    decides: what comes out, and for whom. data: in words; products: data products it reads; activity: the processing
    activity under which personal data is read, or "". human: who decides in the end. risk: class under the AI Act
    (Regulation (EU) 2024/1689): "none" (no AI system), "minimal", "limited" or "high". objection: how to object.
    fallback: what happens while it is off. legal_basis and law: as in Activity.
    """

    key: str
    title: Text
    purpose: Text
    decides: Text
    method: Text
    data: Text
    products: Sequence[str] = ()
    activity: str = ""
    legal_basis: str
    law: str = ""
    human: Text
    owner: str
    risk: str
    risk_reason: Text
    objection: Text
    fallback: Text
    assessment: str = ""
    review_after_days: int = 365


@dataclass(frozen=True, kw_only=True)
class Trainer:
    """What `plein train NAME` does for a room: learn an algorithm anew and measure it on what was held back.

    algorithm: its key in the register. train: `(*, by, now, told) -> foundation.gate.trained.Trained`; told is called
    with a short sentence per step.
    """

    name: str
    title: Text
    algorithm: str
    train: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role staff can have. `key` is stored; rights are listed on the signs."""

    key: str
    title: Text
    duty: Text


@dataclass(frozen=True, kw_only=True)
class Source:
    """A named source of real data, in a room's sources.py; `plein load` and `plein pull` use it.

    recognise: given a path and the first bytes after unpacking, says whether this file is its kind.
    load: reads one recognised file for one municipality and returns a Loaded (see foundation.catalogue.loading).
    live: address template, or "" when the source has no live form; pull: `(fetcher, *, gemeente, now) -> list[Path]`
    fetches it (foundation.files.fetching.Fetcher) into files that `load` reads.
    after: keys of sources that must be loaded first.
    """

    key: str
    title: Text
    licence: str
    recognise: Callable[..., bool]
    load: Callable[..., Any]
    live: str = ""
    pull: Callable[..., Any] | None = None
    after: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class HomeTile:
    """A large choice on the home page. `number`: callable giving a short live figure with its words, or None."""

    title: Text
    text: Text
    url_name: str
    icon: str
    order: int = 100
    number: Callable[[], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """A link in the main menu (audience "everyone"), at the foot of each page ("foot") or in the staff menu.

    The staff menu shows those for a role key, and those for all staff ("staff").
    """

    title: Text
    url_name: str
    audience: str = "everyone"
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """A layer for the map through time.

    kind: "areas" (a value per buurt/wijk/gemeente code) or "points".
    values (areas): `(level: str, at: date) -> dict[code, float | None]`; points: `(at: date) -> pyarrow.Table` with
    columns id, lon, lat, name, value, label, href. unit, source and legend go with every picture of it.
    moments: `() -> list[date]`, the days the slider can stop at, ascending. decimals: of its values, None is as needed.
    products: keys of the data products it draws, the one it shows first, then those that one is made from; the public
    map leaves the layer out unless all of them are open.
    """

    key: str
    title: Text
    kind: str
    unit: str
    source: Text
    values: Callable[..., Any] | None = None
    points: Callable[..., Any] | None = None
    moments: Callable[[], Any] | None = None
    products: Sequence[str] = ()
    scale: str = "amount"
    decimals: int | None = None
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class AreaCard:
    """Lines about one neighbourhood.

    read: `(code, at) -> list[dict] | None`, each with title, value, unit, period, source and href.
    products: keys of the data products it reads; the public page leaves the card out unless all of them are open.
    """

    title: Text
    read: Callable[..., Any]
    products: Sequence[str] = ()
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class SearchSource:
    """What a room adds to search.

    documents: `() -> iterable of dicts` with id, url, kind, title_nl, title_en, text_nl and text_en.
    """

    key: str
    title: Text
    documents: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class CasePanel:
    """A part of the page of a case at the desk, by the room whose kind of case it is.

    zaaktypen: identificaties of the types of case. template: a piece of a page, drawn with what context gives:
    `(zaak, *, actor, now) -> dict | None`, None leaves it out.
    """

    zaaktypen: Sequence[str]
    title: Text
    template: str
    context: Callable[..., Any]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class CaseAction:
    """Something that staff can do with a case at the desk, besides what the desk offers for every case.

    form: `(data, files, *, zaak, actor) -> django form`, or None when a button is enough.
    do: `(zaak, *, data, seen, by, now) -> str | None`; data is the form's cleaned data, seen the version of the case
    that the actor looked at; what it gives is where to go next, None is back to the case.
    is_open: `(zaak, *, actor) -> bool`, whether it makes sense now. is_main: stands on top as the next thing to do.
    """

    zaaktypen: Sequence[str]
    key: str
    title: Text
    do: Callable[..., Any]
    form: Callable[..., Any] | None = None
    is_open: Callable[..., bool] = lambda zaak, *, actor: True
    is_main: bool = False
    order: int = 100

    @property
    def has_form(self) -> bool:
        """Tell whether something is asked first; a page that says `form` would call it."""
        return self.form is not None


@dataclass(frozen=True, kw_only=True)
class CaseRemover:
    """How a room destroys what it keeps of a case, when the case is destroyed at the end of its archive term.

    remove: `(zaak) -> None`, called in the transaction that deletes the case, before it; rows with a foreign key to the
    case that cascades go by themselves, files go with `transaction.on_commit`.
    """

    title: Text
    remove: Callable[[Any], None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class FormHandler:
    """A room that takes what people send with a form itself, instead of a case of the form's own type.

    handle: `(sent, *, by, now) -> str`, called in the transaction of the submission with a
    casework.forms.rules.sending.Sent; it gives the reference number that the sender gets to see.
    """

    form_key: str
    handle: Callable[..., str]


@dataclass(frozen=True, kw_only=True)
class MineCard:
    """Lines on a resident's own page (Mijn Plein).

    read: `(person, *, now) -> list[dict]`, each with text (Text), href, at (moment, or None) and waits (bool: there is
    something for the person to do; such lines stand on top). No names of staff, nothing that is kept from the person.
    """

    title: Text
    read: Callable[..., Any]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class MinePart:
    """A part of a resident's own page of a case, by the room whose kind of case it is; as CasePanel is for staff.

    template: a piece of a page, drawn with what context gives: `(zaak, *, actor, now) -> dict | None`, None leaves it
    out. It stands above the timeline.
    """

    zaaktypen: Sequence[str]
    template: str
    context: Callable[..., Any]
    order: int = 100


class Room(AppConfig):
    """The sign. Subclass it in apps.py; fill in what the room really has."""

    title: ClassVar[Text]
    purpose: ClassVar[Text]
    owner: ClassVar[str]
    address: ClassVar[str] = ""
    activities: ClassVar[Sequence[Activity]] = ()
    algorithms: ClassVar[Sequence[Algorithm]] = ()
    products: ClassVar[Sequence[str]] = ()
    announces: ClassVar[Sequence[type]] = ()
    roles: ClassVar[Sequence[Role]] = ()
    rights: ClassVar[Mapping[str, Sequence[str]]] = {}
    right_titles: ClassVar[Mapping[str, Text]] = {}
    retention: ClassVar[Text | None] = None

    default_auto_field = "django.db.models.BigAutoField"
    default = False  # this class itself is no app: without this Django finds two signs in apps.py and takes neither

    def __init_subclass__(cls, **more: Any) -> None:
        """Have Django take the sign of a room as its app."""
        super().__init_subclass__(**more)
        cls.default = True

    def hears(self) -> Mapping[type | str, Callable[..., None]]:
        """List the events this room listens to, with the listener; called when all models are loaded."""
        return {}

    def jobs(self) -> Sequence[Any]:
        """List the jobs of this room (functions decorated with foundation.jobs.job)."""
        return ()

    def offers(self) -> Sequence[Any]:
        """List what this room contributes to pages that are not its own."""
        return ()

    def sources(self) -> Sequence[Source]:
        """List the named sources of real data this room can load and pull."""
        return ()

    def furnish(self) -> Callable[..., None] | None:
        """Give the function `(town, *, now)` that furnishes the demo town for this room, or None."""
        return None


def rooms() -> Iterator[Room]:
    """Walk the signs of all installed rooms, in the order of INSTALLED_APPS."""
    return (config for config in apps.get_app_configs() if isinstance(config, Room))


def offers(kind: type) -> list[Any]:
    """Collect all offers of one kind, by their order: those of the rooms, and pages of the foundation itself."""
    givers = [getattr(config, "offers", tuple) for config in apps.get_app_configs()]
    found = [offer for give in givers for offer in give() if isinstance(offer, kind)]
    return sorted(found, key=lambda offer: getattr(offer, "order", 100))
