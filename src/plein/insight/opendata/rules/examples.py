"""Examples of the interface, written for the columns a product really has, so that a copied line works."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from plein.insight.opendata.rules.asking import Field


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of code. language: "curl", "Python" or "R"."""

    language: str
    code: str


def example_filters(fields: Sequence[Field], first_row: Sequence[object]) -> list[tuple[str, str]]:
    """Choose filters that find something: one on a text, one on a number, with values from the first row."""
    chosen: list[tuple[str, str]] = []
    for kind, suffix in (("text", ""), ("number", "__gte"), ("integer", "__gte"), ("time", "__gte"), ("date", "__gte")):
        for field, value in zip(fields, first_row, strict=False):
            if field.kind == kind and value not in (None, "") and len(str(value)) < 60:
                chosen.append((f"{field.name}{suffix}", str(value)))
                break
    return chosen[:2]


def examples(base: str, key: str, filters: Sequence[tuple[str, str]], *, sort: str = "") -> list[Example]:
    """Write the same question in curl, Python and R.

    base: address of the interface without a slash at the end.
    """
    sorted_by = [("sort", f"-{sort}")] if sort else []
    rows = f"{base}/products/{key}/rows"
    return [
        Example("curl", _curl(rows, [*filters, *sorted_by, ("limit", "5")])),
        Example("Python", _python(rows, [*filters, *sorted_by])),
        Example("R", _r(rows, f"{base}/products/{key}/download/csv", [*filters, *sorted_by])),
    ]


def _curl(rows: str, parameters: Sequence[tuple[str, str]]) -> str:
    return f"curl '{rows}?{urlencode(parameters)}'"


def _python(rows: str, parameters: Sequence[tuple[str, str]]) -> str:
    written = "".join(f"    {name!r}: {value!r},\n" for name, value in parameters)
    return (
        "import httpx\n\n"
        f"address = {rows!r}\n"
        f"question = {{\n{written}}}\n"
        "page = httpx.get(address, params=question).json()\n"
        'print(page["count"], "rows")\n'
        'for row in page["items"]:\n'
        "    print(row)\n"
    )


def _r(rows: str, download: str, parameters: Sequence[tuple[str, str]]) -> str:
    return f'rows <- read.csv("{download}?{urlencode(parameters)}")\nsummary(rows)\n'
