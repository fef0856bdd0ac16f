"""The WSGI door, for Granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
application = get_wsgi_application()
