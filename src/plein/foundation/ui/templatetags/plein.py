"""The tag library of all pages: `{% load plein %}`. docs/look-up/components.md shows each tag at work."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.loader_tags import BlockNode
from django.urls import NoReverseMatch, resolve, reverse, translate_url
from django.urls.exceptions import Resolver404
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plein.foundation.geo.places import DEMO_NAME
from plein.foundation.identity.access import actor_of
from plein.foundation.ui import figures, icons, menus
from plein.foundation.ui.appearance import appearance_of
from plein.foundation.ui.tables import Cell, Table

register = template.Library()

STATUSES = {
    "good": "circle-check",
    "attention": "triangle-alert",
    "wrong": "octagon-alert",
    "unknown": "circle-help",
    "neutral": "square",
    "busy": "clock",
    "done": "check",
    "closed": "lock",
    "open": "lock-open",
    "shared": "handshake",
}
TRENDS = {"up": "arrow-up-right", "down": "arrow-down-right", "level": "arrow-right"}


def _status_word(kind: str) -> str:
    words = {
        "good": _("Good"),
        "attention": _("Attention"),
        "wrong": _("Wrong"),
        "unknown": _("Unknown"),
        "neutral": _("Neutral"),
        "busy": _("Under way"),
        "done": _("Done"),
        "closed": _("Closed"),
        "open": _("Open"),
        "shared": _("Shared"),
    }
    return words.get(kind, kind)


# -- words and numbers ------------------------------------------------------------------------------------------------


@register.filter
def said(text: Any) -> str:
    """Give a Text in the language of the page."""
    return figures.said(text)


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """Write a number as readers of the page's language do."""
    return figures.number(value, decimals)


@register.filter
def moment(at: Any, form: str = "") -> str:
    """Write a day or moment as <time>."""
    return figures.moment(at, form)


@register.filter
def refusal(error: Any) -> str:
    """Say a Refused in the language of the page."""
    from plein.foundation.ui.refusals import sentence

    return sentence(error)


# -- small parts ------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: Any = "") -> SafeString:
    """Draw an icon. Without a label it is decoration beside a word; with one it is read out."""
    return _icon(name, figures.said(label))


@lru_cache(maxsize=512, typed=True)  # typed: escaped and plain words are equal, but not drawn the same
def _icon(name: str, words: str) -> SafeString:
    told = format_html('role="img" aria-label="{}"', words) if words else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" focusable="false" {}>{}</svg>',
        told,
        mark_safe(icons.shape(name)),  # noqa: S308 - our own files
    )


@register.simple_tag
def status(kind: str, word: Any = "") -> SafeString:
    """Show a status: icon, word and colour."""
    return _status(kind, figures.said(word) or _status_word(kind))


@lru_cache(maxsize=512, typed=True)  # typed: escaped and plain words are equal, but not drawn the same
def _status(kind: str, words: str) -> SafeString:
    return format_html(
        '<span class="status status--{}">{}<span>{}</span></span>', kind, _icon(STATUSES.get(kind, "square"), ""), words
    )


@register.inclusion_tag("ui/parts/figure.html")
def figure(given: figures.Figure | None = None, **facts: Any) -> dict[str, Any]:
    """Show a figure: value, unit, period, source, trend, measured against; links to its table."""
    shown = given or figures.Figure(**facts)
    return {"figure": shown, "trend_icon": TRENDS.get(shown.trend, "")}


@register.inclusion_tag("ui/parts/stones.html")
def stones(done: int, total: int, label: Any = "") -> dict[str, Any]:
    """Show progress as laid stones, with the same in words."""
    laid = max(0, min(int(done), int(total)))
    shown = [True] * laid + [False] * (int(total) - laid)
    if total > 24:
        shown = [place < round(laid * 20 / total) for place in range(20)]
    return {"stones": shown, "done": laid, "total": int(total), "label": label}


@register.inclusion_tag("ui/parts/nothing.html")
def nothing(title: Any, text: Any = "", href: str = "", action: Any = "") -> dict[str, Any]:
    """Show that nothing is here yet: what will be here, and how to start."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("ui/parts/table.html")
def table(given: Any) -> dict[str, Any]:
    """Show a Table."""
    return {"table": given, "body": _body(given) if given else ""}


def _body(given: Table) -> SafeString:
    """Draw the rows of a table; here and not in a template, because a table can have thousands of cells."""
    drawn = []
    for row in given.cells:
        drawn.append("\n    <tr>")
        for place, cell in enumerate(row):
            side = ' class="num"' if cell.column.numeric else ""
            drawn.append(f"<td{side}>{_cell(cell)}</td>" if place else f'<th scope="row"{side}>{_cell(cell)}</th>')
        drawn.append("</tr>")
    return mark_safe("".join(drawn))  # noqa: S308 - _cell escapes


def _cell(cell: Cell) -> str:
    """Draw what stands in a cell: a status, a number or words, and the link around it."""
    if cell.status:
        shown = status(cell.status, cell.value)
    elif cell.column.numeric:
        shown = conditional_escape(figures.number(cell.value, cell.column.decimals))
    else:
        shown = conditional_escape(figures.said(cell.value) or figures.ABSENT)
    return f'<a href="{conditional_escape(cell.href)}">{shown}</a>' if cell.href else shown


@register.inclusion_tag("ui/parts/chart.html")
def chart(given: Any) -> dict[str, Any]:
    """Show a Chart with its numbers as a table. The page's `scripts` block needs `{% chart_scripts %}`."""
    return {"chart": given}


@register.simple_tag
def chart_scripts() -> SafeString:
    """Load what draws charts; once per page that has any."""
    from django.templatetags.static import static

    return format_html(
        '<script src="{}" defer></script>\n<script src="{}" defer></script>',
        static("vendor/vega.js"),
        static("plein/charts.js"),
    )


@register.inclusion_tag("ui/parts/map.html")
def map(given: Any, *, with_list: bool = True) -> dict[str, Any]:
    """Show a Map and, unless it stands elsewhere on the page (`map_list`), its list."""
    return {"map": given, "with_list": with_list}


@register.inclusion_tag("ui/parts/map_list.html")
def map_list(given: Any) -> dict[str, Any]:
    """Show what is on a Map as a list, for beside it."""
    return {"map": given}


@register.simple_tag
def map_styles() -> SafeString:
    """Load the style sheet of maps; in the page's `styles` block. The map frame has it already."""
    from django.templatetags.static import static

    return format_html('<link rel="stylesheet" href="{}">', static("vendor/maplibre-gl.css"))


@register.simple_tag
def map_scripts() -> SafeString:
    """Load what draws maps; in the page's `scripts` block. The map frame has it already."""
    from django.templatetags.static import static

    return format_html(
        '<script src="{}" defer></script>\n<script src="{}" defer></script>',
        static("vendor/maplibre-gl.js"),
        static("plein/maps.js"),
    )


@register.inclusion_tag("ui/parts/crumbs.html")
def crumbs(*steps: Any) -> dict[str, Any]:
    """Show where the page lies: title, address, title, address, ... and last the title of the page itself."""
    titles, hrefs = steps[::2], [*steps[1::2], ""]
    return {"steps": list(zip(titles, hrefs, strict=False))}


@register.inclusion_tag("ui/parts/pages.html", takes_context=True)
def pages(context: Context, page: Any = None, *, newer: str = "", older: str = "", parameter: str = "page") -> Any:
    """Show the way to other pages of a list: of a Django Page, or of cursor addresses `newer` and `older`."""
    if page is None:
        return {"newer": newer, "older": older}
    query = context["request"].GET.copy()

    def address(at: int) -> str:
        query[parameter] = str(at)
        return f"?{query.urlencode()}"

    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [(at, address(at) if isinstance(at, int) else "") for at in shown],
        "newer": address(page.previous_page_number()) if page.has_previous() else "",
        "older": address(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def fields(form: Any) -> SafeString:
    """Draw a form's fields with the summary of errors on top; the same as `{{ form }}`."""
    drawn: SafeString = form.render()
    return drawn


@register.filter
def fieldsets(form: Any) -> list[tuple[Any, list[Any]]]:
    """Give the visible fields of a form in the groups that it names, with their legends."""
    from plein.foundation.ui.forms import grouped

    return grouped(form)


@register.simple_tag
def field(bound: Any) -> SafeString:
    """Draw one field with its label, hint and error."""
    drawn: SafeString = bound.as_field_group()
    return drawn


@register.simple_tag
def problems(form: Any) -> SafeString:
    """Draw only the summary of errors of a form whose fields are placed one by one."""
    from django.template.loader import render_to_string

    return render_to_string("ui/forms/problems.html", {"form": form, "errors": form.non_field_errors()})


# -- the frame --------------------------------------------------------------------------------------------------------


@register.simple_tag
def organisation() -> str:
    """Name the municipality."""
    return str(settings.PLEIN["ORGANISATION"])


@register.simple_tag
def town() -> str:
    """Name the place itself: the municipality without the word for it."""
    return str(settings.PLEIN["ORGANISATION"]).removeprefix("Gemeente ")


@register.simple_tag
def is_invented() -> bool:
    """Tell whether this is the demo town, of which nobody should think that it exists."""
    return town() == DEMO_NAME


@register.simple_tag
def address(name: str) -> str:
    """Give the address of a named page, or nothing when this Plein does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def appearance(context: Context) -> str:
    """Tell which appearance the visitor chose: "light", "dark" or "auto"."""
    request = context.get("request")
    return appearance_of(request) if request else "auto"


@register.simple_tag
def theme_address() -> str:
    """Give the address of the style sheet with the tokens: Plein's own, or the municipality's."""
    if settings.PLEIN["THEME"]:
        return reverse("ui:theme")
    from django.templatetags.static import static

    return static("plein/theme.css")


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> list[menus.Entry]:
    """List the links for everyone."""
    request = context.get("request")
    return menus.main_menu(request.path if request else "/")


@register.simple_tag(takes_context=True)
def foot_menu(context: Context) -> list[menus.Entry]:
    """List the links at the foot of every page."""
    request = context.get("request")
    return menus.foot_menu(request.path if request else "/")


@register.simple_tag(takes_context=True)
def staff_menu(context: Context) -> list[menus.Entry]:
    """List the links for this member of staff."""
    request = context.get("request")
    return menus.staff_menu(request.path, actor=actor_of(request)) if request else []


@register.simple_tag(takes_context=True)
def actor(context: Context) -> Any:
    """Give who acts in this request."""
    request = context.get("request")
    return actor_of(request) if request else None


def _other_language(path: str, language: str) -> str:
    """Give the address of the same page in another language, also for an address that leads nowhere."""
    bare = path.split("?", maxsplit=1)[0]
    try:
        resolve(bare)
    except Resolver404:
        stem = bare.removeprefix("/en") or "/"
        return f"/en{stem}" if language == "en" else stem
    return translate_url(path, language)


@register.simple_tag(takes_context=True)
def languages(context: Context) -> list[dict[str, Any]]:
    """List the languages with the address of this page in each."""
    request = context.get("request")
    path = request.get_full_path() if request and request.method in {"GET", "HEAD"} else getattr(request, "path", "/")
    current = (get_language() or "nl")[:2]
    return [
        {"code": code, "name": name, "href": _other_language(path, code), "current": code == current}
        for code, name in settings.LANGUAGES
    ]


class AgainNode(template.Node):
    """Renders a block a second time, as plain text: the heading of the page is also the title of its window."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> str:
        """Render the block as the page filled it, without tags and line breaks."""
        drawn = BlockNode(self.name, template.NodeList()).render(context)
        return " ".join(strip_tags(drawn).split())


@register.tag
def again(parser: Parser, token: Token) -> AgainNode:
    """Render a block once more as plain text: `{% again "title" %}`."""
    return AgainNode(token.split_contents()[1].strip("\"'"))
