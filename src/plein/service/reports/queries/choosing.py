"""Which categories a reporter can choose from: what was suggested on top, all others in their groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from plein.foundation.geo.addresses import plain
from plein.foundation.words import Text
from plein.service.reports.models import Category
from plein.service.reports.queries import categories
from plein.service.reports.rules.steps import Draft

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A category to choose; percent: how certain the suggestion is, None when it was not suggested."""

    category: Category
    percent: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group of categories, open when one in it is chosen or found."""

    title: Text
    icon: str
    choices: Sequence[Choice]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands on the page. is_sure: the first suggestion is certain enough to be filled in."""

    suggested: Sequence[Choice]
    groups: Sequence[Group]
    is_sure: bool
    found: int


def choices_for(draft: Draft, *, words: str, language: str) -> Choices:
    """Put the categories together for a draft; words: only those that speak of them."""
    by_slug = {one.slug: one for one in categories.categories()}
    known = [one for one in draft.suggestions if one[0] in by_slug]
    is_sure = bool(known and known[0][2])
    chosen = draft.category or (known[0][0] if is_sure else "")
    suggested = [Choice(by_slug[slug], round(certainty * 100), slug == chosen) for slug, certainty, _ in known[:SHOWN]]
    shown = {choice.category.slug for choice in suggested}
    groups = []
    for main in categories.mains():
        rows = [one for one in main.categories if one.slug not in shown and _speaks(one, words, language)]
        if rows:
            held = [Choice(one, None, one.slug == chosen) for one in rows]
            is_open = bool(words) or any(one.is_chosen for one in held)
            groups.append(Group(main.title, main.icon, held, is_open))
    return Choices(suggested, groups, is_sure, sum(len(group.choices) for group in groups))


def _speaks(category: Category, words: str, language: str) -> bool:
    wanted = plain(words).split()
    if not wanted:
        return True
    texts = [category.title, category.main_title, category.description]
    examples = " ".join(category.examples.get(language, [])) if isinstance(category.examples, dict) else ""
    held = plain(" ".join([*(text.said(language) for text in texts), examples]))
    return all(word in held for word in wanted)
