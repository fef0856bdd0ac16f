"""Django's settings, made from Plein's own (see options.py)."""

import secrets
import warnings
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from plein.site.logs import logging_config
from plein.site.options import read_options

PLEIN = read_options()
DATA = PLEIN["DATA"].resolve()
DATA.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    """Read the signing key, made on first use and readable by the owner only."""
    path = DATA / "secret.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


def _database() -> dict[str, object]:
    """Describe the database: SQLite with durable commits, or PostgreSQL with kept connections."""
    url = PLEIN["DATABASE_URL"] or f"sqlite:///{DATA / 'plein.sqlite3'}"
    config = dict(dj_database_url.parse(url))
    if "sqlite" in str(config["ENGINE"]):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=268435456;PRAGMA cache_size=-32000;PRAGMA wal_autocheckpoint=20000;",
        }
        config["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    config["CONN_MAX_AGE"] = None
    config["CONN_HEALTH_CHECKS"] = True
    return config


def _mail(url: str) -> dict[str, object]:
    """Describe the mail server of an address; smtp: STARTTLS unless it is this machine, smtps: TLS at once."""
    parts = urlsplit(url)
    safe = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{'smtp' if url else 'dummy'}.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if safe else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": safe,
        "EMAIL_USE_TLS": not safe and parts.hostname not in ("localhost", "127.0.0.1", "::1"),
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": PLEIN["MAIL_FROM"] or PLEIN["CONTACT_EMAIL"],
    }


globals().update(_mail(PLEIN["SMTP_URL"]))
DEBUG = PLEIN["DEBUG"]
SECRET_KEY = PLEIN["SECRET_KEY"] or _secret()
ALLOWED_HOSTS = PLEIN["HOSTS"]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "plein.site.urls"
WSGI_APPLICATION = "plein.site.wsgi.application"
AUTH_USER_MODEL = "identity.Staff"
APPEND_SLASH = True

INSTALLED_APPS = [
    "plein.foundation.ui",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "plein.foundation.identity",  # its templates and words come before allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "plein.foundation.jobs",
    "plein.foundation.events",
    "plein.foundation.lake",
    "plein.foundation.geo",
    "plein.foundation.catalogue",
    "plein.foundation.gate",
    "plein.foundation.observations",
    "plein.foundation.api",
    "plein.foundation.search",
    "plein.casework.cases",
    "plein.casework.messages",
    "plein.casework.forms",
    "plein.casework.desk",
    "plein.casework.mine",
    "plein.city.sensing",
    "plein.insight.opendata",
    "plein.insight.monitor",
    "plein.insight.twin",
    "plein.service.reports",
    "plein.trust.processing",
    "plein.trust.algorithms",
    "plein.site",
]

MIDDLEWARE = [
    "plein.site.telemetry.watch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plein.foundation.identity.middleware.TraceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "plein.foundation.ui.middleware.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "plein.foundation.identity.middleware.ActorMiddleware",
    "plein.foundation.api.middleware.ApiMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "plein.foundation.ui.middleware.RefusalPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

FORM_RENDERER = "plein.foundation.ui.forms.Renderer"
CSRF_FAILURE_VIEW = "plein.site.pages.forgery"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).parent / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT.is_dir()  # a wheel carries its static files collected
warnings.filterwarnings("ignore", message="No directory at", module="django.core.handlers.base")
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = DATA / "files"

_ISSUERS = (urlsplit(PLEIN[f"OIDC_{who}_ISSUER"]) for who in ("RESIDENTS", "ORGANISATIONS", "STAFF"))
# Logging out is a form whose answer leads on to the provider, which a browser counts as sending the form there.
PROVIDERS = sorted({f"{issuer.scheme}://{issuer.netloc}" for issuer in _ISSUERS if issuer.netloc})
PDOK = ["https://service.pdok.nl"] if PLEIN["BASE_MAP"] == "pdok" else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *PDOK],
        "font-src": [SELF],
        "connect-src": [SELF, *PDOK],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PROVIDERS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PLEIN["HTTPS"]
SECURE_HSTS_SECONDS = 31_536_000 if PLEIN["HTTPS"] else 0
SESSION_COOKIE_HTTPONLY = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "plein.foundation.identity.passwords.ContextWords"},
]
AUTHENTICATION_BACKENDS = ["plein.foundation.identity.login.StaffBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "plein.foundation.identity.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = PLEIN["PROXIES"]
MFA_ADAPTER = "plein.foundation.identity.login.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"activate_totp": "plein.foundation.identity.forms.AppCodeForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PLEIN["HTTPS"]
MFA_RECOVERY_CODE_COUNT = 10
SESSION_COOKIE_AGE = 60 * 60 * 12

PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 3

# Counted in the database: how often somebody tried to log in holds across web processes and restarts.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "plein_cache"}}

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(PLEIN["LOG_LEVEL"])
