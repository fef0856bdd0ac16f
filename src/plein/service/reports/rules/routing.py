"""Where a report goes: the first rule that fits, by its order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule; empty or None is any. team, owner: keys of the database, opaque here."""

    key: int
    title: str = ""
    main_slug: str = ""
    category: str = ""
    for_priority: int | None = None
    area_code: str = ""
    weekdays: Sequence[int] = ()
    from_time: time | None = None
    until_time: time | None = None
    asset_kind: str = ""
    asset_owner: int | None = None
    to_team: int | None = None
    to_owner: int | None = None
    priority: int | None = None
    term_days: int | None = None
    in_working_days: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a report when it is routed; at: in the time of the town."""

    main_slug: str
    category: str
    priority: int
    at: datetime
    buurt_code: str = ""
    wijk_code: str = ""
    asset_kind: str = ""
    asset_owner: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where it goes and how soon; by: the titles of the rules that decided."""

    team: int | None
    owner: int | None
    priority: int
    term_days: int
    in_working_days: bool
    by: Sequence[str] = field(default_factory=tuple)


def _in_hours(rule: Rule, at: time) -> bool:
    if rule.from_time is None or rule.until_time is None:
        return True
    if rule.from_time <= rule.until_time:
        return rule.from_time <= at < rule.until_time
    return at >= rule.from_time or at < rule.until_time


def fits(rule: Rule, about: About) -> bool:
    """Tell whether a rule is about this report."""
    same = (
        rule.main_slug in ("", about.main_slug),
        rule.category in ("", about.category),
        rule.for_priority in (None, about.priority),
        rule.area_code in ("", about.buurt_code, about.wijk_code),
        rule.asset_kind in ("", about.asset_kind),
        rule.asset_owner in (None, about.asset_owner),
        not rule.weekdays or about.at.weekday() in rule.weekdays,
    )
    return all(same) and _in_hours(rule, about.at.time())


def decide(rules: Iterable[Rule], about: About, *, otherwise: Route) -> Route:
    """Decide the route: of each of team or owner, priority and term, the first rule that says something of it.

    A rule that names an owner passes the report on; one that names a team only keeps it here.
    """
    found = [rule for rule in rules if fits(rule, about)]
    where = next((rule for rule in found if rule.to_team is not None or rule.to_owner is not None), None)
    urgency = next((rule for rule in found if rule.priority is not None), None)
    term = next((rule for rule in found if rule.term_days is not None), None)
    team, owner = otherwise.team, otherwise.owner
    if where is not None:
        team, owner = (where.to_team if where.to_team is not None else otherwise.team), where.to_owner
    used = [rule for rule in found if rule in (where, urgency, term)]
    return Route(
        team=team,
        owner=owner,
        priority=urgency.priority if urgency and urgency.priority is not None else otherwise.priority,
        term_days=term.term_days if term and term.term_days is not None else otherwise.term_days,
        in_working_days=term.in_working_days if term else otherwise.in_working_days,
        by=tuple(rule.title for rule in used),
    )
