"""The WSGI door, for Granian."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from plein.site.logs import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
application = get_wsgi_application()
trace(settings.PLEIN["OTLP_ENDPOINT"])
