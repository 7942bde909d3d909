"""Settings of the portal: everything comes from the project folder and five environment variables.

VIRTAAMA_PROJECT  the project folder (default: the folder one stands in)
VIRTAAMA_ADDRESS  the address served (default 127.0.0.1); any other than loopback needs the next two
VIRTAAMA_HOSTS    names under which a proxy with TLS passes requests on, separated by commas
VIRTAAMA_PROXIES  addresses of proxies on other machines, separated by commas
VIRTAAMA_DEBUG    1 shows tracebacks to the browser; refused where others than this machine reach it
"""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from virtaama.portal.exposure import Exposure
from virtaama.portal.secret import read_secret
from virtaama.project.settings import read_settings

PROJECT_FOLDER = Path(os.environ.get("VIRTAAMA_PROJECT", ".")).resolve()
PROJECT = read_settings(PROJECT_FOLDER)
EXPOSURE = Exposure.read(os.environ, PROJECT.sign_in.host if PROJECT.sign_in else "")
EXPOSURE.check()
DEBUG = EXPOSURE.debug
BEHIND_TLS = EXPOSURE.to_others
SECRET_KEY = read_secret(PROJECT.keys)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *EXPOSURE.hosts]
# A browser takes a cookie of this name from nobody but this very host, by TLS.
OURS = "__Host-" if BEHIND_TLS else ""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "csp",
    "virtaama.portal.core",
    "virtaama.portal.ui",
    "virtaama.portal.steering",
    "virtaama.portal.funding",
    "virtaama.portal.operations",
    "virtaama.portal.oversight",
    "virtaama.portal.linking",
    "virtaama.portal.described",
    "virtaama.portal.incidents",
    "virtaama.portal.persons",
    "virtaama.portal.api",
]
MIDDLEWARE = [
    "virtaama.portal.core.middleware.only_proxies_forward",
    "virtaama.portal.core.middleware.with_limits",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "virtaama.portal.core.middleware.never_stored",
    "virtaama.portal.api.by_tls.machines_come_by_tls",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "virtaama.portal.core.middleware.in_chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "virtaama.portal.core.middleware.sessions_end",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "virtaama.portal.core.middleware.RefusalsInWords",
]
ROOT_URLCONF = "virtaama.portal.urls"
WSGI_APPLICATION = "virtaama.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "virtaama.portal.core.context.page",
            ],
            "builtins": ["virtaama.portal.ui.templatetags.ui", "django.templatetags.i18n"],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": PROJECT.data / "portal.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "core:start"
LOGIN_REDIRECT_URL = "core:start"
SESSION_ENGINE = "virtaama.portal.core.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60  # a working day from signing in, whatever one does
SESSION_IDLE_AGE = 30 * 60  # and half an hour from the last page
SESSION_COOKIE_NAME = f"{OURS}virtaama_session"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the way back from the county's sign-in begins on another site
CSRF_COOKIE_NAME = f"{OURS}virtaama_form"
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "virtaama.portal.ui.views.form_expired"

LANGUAGE_CODE = PROJECT.languages[0]
LANGUAGES = [(code, {"fi": "Suomi", "sv": "Svenska", "en": "English"}[code]) for code in PROJECT.languages]
LANGUAGE_COOKIE_NAME = f"{OURS}virtaama_language"
COLOUR_COOKIE_NAME = f"{OURS}virtaama_colours"
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

SECURE_SSL_REDIRECT = BEHIND_TLS
# No person opens these: they are refused, not led on, so that a program that forgot TLS is noticed.
SECURE_REDIRECT_EXEMPT = [
    r"^api/",
    r"^kirjaudu/ulos/$",
    r"^kirjaudu/avaimet\.json$",
    r"^kirjaudu/saml/tiedot\.xml$",
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: the icons inside the style sheets
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        **({"upgrade-insecure-requests": True} if BEHIND_TLS else {}),
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "virtaama.privacy.log_lines.LineWithoutPersons"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
