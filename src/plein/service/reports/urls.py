"""Addresses of the reports."""

from plein.service.reports.api import document, signalen

urlpatterns: list[object] = []
api_urlpatterns = signalen.addresses
__all__ = ["api_urlpatterns", "document", "urlpatterns"]
