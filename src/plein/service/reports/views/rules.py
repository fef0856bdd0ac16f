"""The rules that say where reports go, as staff see and change them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from plein.foundation import clock
from plein.foundation.identity.access import actor_of, rights
from plein.service.reports.actions.categories import put_rule
from plein.service.reports.forms import RuleForm
from plein.service.reports.models import RouteRule
from plein.service.reports.views.notices import tell


@rights("reports.manage")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the rules in the order in which they count; two statements."""
    rows = RouteRule.objects.select_related("category", "asset_owner", "to_team", "to_owner")
    return render(request, "reports/desk/rules.html", {"rules": list(rows)})


@rights("reports.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a rule, or change one."""
    rule = get_object_or_404(RouteRule, pk=pk) if pk else None
    form = RuleForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        put_rule(form.save(commit=False), by=actor_of(request), now=clock.now())
        tell(request, _("The rule is saved. Reports that come in from now on follow it."))
        return redirect("reports:rules")
    status = 422 if form.errors else 200
    return render(request, "reports/desk/rule.html", {"form": form, "rule": rule}, status=status)
