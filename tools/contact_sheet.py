"""The contact sheet of `make shots`: every picture beside its likes, in one HTML page that needs no server."""

import html
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from walk import Seen

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0; background: #e9e7e0; color: #1b2730 }
header, section { padding: 24px clamp(16px, 3vw, 48px) }
section { border-top: 1px solid #bdb9ac; content-visibility: auto; contain-intrinsic-size: auto 520px }
h1 { font-size: 28px; margin: 0 0 8px }
h2 { font-size: 19px; margin: 0 0 12px; overflow-wrap: anywhere }
p { margin: 0 0 8px; max-width: 44rem }
li { overflow-wrap: anywhere }
figure { margin: 0 }
img { width: 100%; display: block }
figcaption { font-size: 13px; overflow-wrap: anywhere }
.grid { display: flex; flex-wrap: wrap; gap: 16px; align-items: start; margin-bottom: 16px }
.wide { width: min(420px, 100%) }
.phone { width: 150px }
.frame { display: block; height: 420px; overflow: hidden; background: #fff; border: 1px solid #8b8f8f }
.bad { color: #b3261e; font-weight: 700 }
.soft { color: #4a5862 }
"""


@dataclass(frozen=True)
class Shot:
    """One picture: of which page, as which reader, how wide, in which appearance, and what was noticed."""

    seen: Seen
    width: int
    appearance: str
    file: str
    noticed: str = ""


def _card(shot: Shot) -> str:
    kind = "phone" if shot.width < 600 else "wide"
    bad = f'<br><span class="bad">{html.escape(shot.noticed)}</span>' if shot.noticed else ""
    words = f"{shot.seen.reader}, {shot.width} px, {shot.appearance}"
    image = f'<img src="{shot.file}" alt="{html.escape(shot.seen.path)}: {words}" loading="lazy" decoding="async">'
    return (
        f'<figure class="{kind}"><a class="frame" href="{shot.file}">{image}</a>'
        f"<figcaption>{words}{bad}</figcaption></figure>"
    )


def _sampled(route: str, shown: int, met: Counter[str]) -> str:
    """Say of a rule with more addresses than pictures that this is a sample of them."""
    if met[route] <= shown:
        return ""
    return f'<p class="soft">A sample: {shown} of the {met[route]} addresses met of this kind.</p>'


def _section(route: str, shots: list[Shot], met: Counter[str]) -> str:
    paths = list(dict.fromkeys(shot.seen.path for shot in shots))
    parts = [f"<section><h2>/{html.escape(route.strip('^$/'))}</h2>{_sampled(route, len(paths), met)}"]
    for path in paths:
        cards = "".join(_card(shot) for shot in shots if shot.seen.path == path)
        parts.append(f'<p><code>{html.escape(path)}</code></p><div class="grid">{cards}</div>')
    return "".join(parts) + "</section>"


def lay_out(shots: list[Shot], *, out: Path, met: Counter[str], skipped: list[str]) -> Path:
    """Write the contact sheet: the pictures grouped by page, what is a sample, and what was left out and why.

    met: how many addresses were met per address rule
    skipped: a sentence for each thing of which there is no picture
    """
    ordered = sorted(
        shots, key=lambda one: (one.seen.route, one.seen.path, one.seen.reader, -one.width, one.appearance != "light")
    )
    bad = [shot for shot in ordered if shot.noticed]
    title = f"{len(shots)} pictures of {len({shot.seen.path for shot in shots})} pages"
    noticed = "".join(
        f'<li class="bad">{html.escape(f"{one.seen.path} ({one.seen.reader}, {one.width} px): {one.noticed}")}</li>'
        for one in bad
    )
    left_out = "".join(f"<li>{html.escape(one)}</li>" for one in skipped)
    head = (
        f"<header><h1>{title}</h1><p>{len(bad) or 'None'} with something to mend. A page that all readers see alike "
        f"stands here once, as the first who may open it.</p><ul>{noticed}{left_out}</ul></header>"
    )
    body = "".join(
        _section(route, list(group), met) for route, group in groupby(ordered, key=lambda one: one.seen.route)
    )
    sheet = out / "index.html"
    sheet.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{title}</title><style>{STYLE}</style></head>'
        f"<body>{head}<main>{body}</main></body></html>",
        encoding="utf-8",
    )
    return sheet
