"""How questions do: from daily counts to shares, and the worst on top."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ENOUGH = 20  # times shown, before a share says anything


@dataclass(frozen=True)
class Doing:
    """How a question does. shown: once per form that was begun; the others are counted at most once per form too."""

    key: str
    shown: int = 0
    answered: int = 0
    left: int = 0
    clear: int = 0
    unclear: int = 0
    wrong: Mapping[str, int] = field(default_factory=dict)

    def share(self, count: int) -> float | None:
        """Give a count as a share of how often the question was shown; None while that says nothing."""
        return count / self.shown if self.shown >= ENOUGH else None

    @property
    def mistakes(self) -> int:
        """Count the answers that would not do."""
        return sum(self.wrong.values())

    @property
    def most_wrong(self) -> str:
        """Name the kind of mistake that is made most."""
        return max(self.wrong, key=lambda kind: self.wrong[kind], default="")

    @property
    def trouble(self) -> float:
        """Weigh how much is wrong: leaving weighs twice a mistake, a complaint as much as leaving; per time shown."""
        return (self.mistakes + 2 * self.left + 2 * self.unclear) / max(self.shown, ENOUGH)


def doings(counts: Iterable[tuple[str, str, int]]) -> dict[str, Doing]:
    """Add up (question, what, count) per question; steps ("step:KEY") and the form ("") are left out."""
    per: dict[str, Counter[str]] = defaultdict(Counter)
    for question, what, count in counts:
        if question and not question.startswith("step:"):
            per[question][what] += count
    return {
        key: Doing(
            key,
            shown=told["shown"],
            answered=told["answered"],
            left=told["left"],
            clear=told["clear"],
            unclear=told["unclear"],
            wrong={what.removeprefix("wrong:"): n for what, n in told.items() if what.startswith("wrong:")},
        )
        for key, told in per.items()
    }


def worst_first(found: Iterable[Doing]) -> list[Doing]:
    """Put the questions with most trouble on top."""
    return sorted(found, key=lambda one: (-one.trouble, -one.shown, one.key))
