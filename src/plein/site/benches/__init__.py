"""The benches: each module measures one part of the house with data that it makes itself, in a directory of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure. better: "higher" or "lower"; conditions: machine, versions, rows and runs, in words."""

    name: str
    value: float
    unit: str
    better: str
    conditions: str
