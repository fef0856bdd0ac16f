"""The WSGI door, for Granian."""

import os

from plein.site import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
memory.give_back()
with memory.loading():
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    from plein.site.logs import trace

    application = get_wsgi_application()
    _ = get_resolver().url_patterns  # read now, not when the first visitor waits
    trace(settings.PLEIN["OTLP_ENDPOINT"])
