"""The WSGI door, for Granian."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from plein.site.logs import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # the other pools hold on to memory that nobody uses
application = get_wsgi_application()
trace(settings.PLEIN["OTLP_ENDPOINT"])
