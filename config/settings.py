"""All settings, read from the environment; the README's configuration table lists them.

Two ways to run, one code: *embedded* (``EMBEDDED=true``, set by ``make demo``: one process,
SQLite, in-memory channel layer, Celery eager) and *production* (PostgreSQL, Redis, Daphne
behind a proxy). Unsafe combinations are refused by the system checks in ``config/checks.py``.
"""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg_pool import ConnectionPool

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

EMBEDDED: bool = env.bool("EMBEDDED", default=False)
DEBUG: bool = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))


def keep_secret_key(path: Path) -> str:
    """The key in this file; on first use it is made of 384 random bits, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        # Never half-written; of two processes that start at once, both use the first one's.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


SECRET_KEY: str = env.str("SECRET_KEY", default="")
if not SECRET_KEY and EMBEDDED:
    SECRET_KEY = keep_secret_key(DATA_DIR / "secret_key")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: put a random string of 50 characters or more in it.")

ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["*"] if EMBEDDED else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address people reach this server at, without a slash at
# the end; links in mails and the widget's snippet use it.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000" if EMBEDDED else "").rstrip("/")

INSTALLED_APPS = [
    "daphne",
    "config.audit",
    "config.installation",
    "agents",
    "chat",
    "routing",
    "notifications",
    "config.configuration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "config.apps.SwitchboardAdminConfig",
    "channels",
    "config.sign_in_guard.SignInGuardConfig",
    "csp",
]
if EMBEDDED:
    INSTALLED_APPS.append("config.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.limits_banner.tell_limits",
            ],
        },
    },
]

# Widgets' templates are among the others.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database
DATABASE_URL: str = env.str(
    "DATABASE_URL", default=f"sqlite:///{quote(str(DATA_DIR / 'switchboard.sqlite3'))}" if EMBEDDED else ""
)
if not DATABASE_URL:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set: give the PostgreSQL database, postgres://user:password@host/name."
    )
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    # A pool, not persistent connections: a page's thread ends with its request, and its connection would be
    # left to the garbage collector. Our backend tries a connection before it is lent, in place of the pool's
    # own check (CONN_HEALTH_CHECKS), which pauses between two dead ones.
    DATABASES["default"]["ENGINE"] = "config.lib.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        options="-c lock_timeout=10s -c statement_timeout=30s",
        pool={
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=10),
            "timeout": 10,
            # While the database is away: try each second, for as long as it takes. The pool's own pauses
            # double, and after two minutes people would wait for a third one. A pool that has given up looks
            # again only when somebody new asks; its check makes it grow, and so the next try begins.
            "reconnect_timeout": 1,
            "reconnect_failed": ConnectionPool.check,
        },
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Channels
REDIS_URL: str = env.str("REDIS_URL", default="" if EMBEDDED else "redis://127.0.0.1:6379/0")
# Several hosts, comma-separated, shard the channel layer;
# the first one is Celery's broker unless that is set.
REDIS_LAYER_URLS: list[str] = env.list("REDIS_LAYER_URLS", default=[REDIS_URL] if REDIS_URL else [])
if EMBEDDED and not REDIS_LAYER_URLS:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 100_000}},
    }
else:
    # Pub/sub, not the core layer: 2.3 times the throughput, and no read timeout that kills an idle socket.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "chat.delivery.redis_layer.ReconnectingPubSubLayer",
            "CONFIG": {
                "hosts": REDIS_LAYER_URLS,
                "prefix": env.str("REDIS_LAYER_PREFIX", default="switchboard"),
                "on_reconnect": "chat.delivery.hub.note_layer_back",
            },
        },
    }

# --- Celery
CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default=REDIS_URL or "memory://localhost/")
CELERY_TASK_ALWAYS_EAGER = EMBEDDED
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BEAT_SCHEDULER = (
    "celery.beat:Scheduler"  # in memory: the deadlines are in the database, not in the schedule
)
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.5
CELERY_TIMEZONE = "UTC"

# --- Sign-in
AUTH_USER_MODEL = "agents.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
# Name and address together: a stranger can't lock somebody else out, an office can't lock itself out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"

# --- HTTP safety
HTTPS: bool = env.bool("HTTPS", default=not (EMBEDDED or DEBUG))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS: int = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a team of a thousand agents is one field each

# --- Files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
# Hashed names only where files are collected (production
# and demo); tests and runserver serve them as they are.
HASHED_STATIC: bool = env.bool("HASHED_STATIC", default=not DEBUG)
# What visitors and agents send each other: never below an address (S11).
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", default=str(DATA_DIR / "private")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "config.lib.storage.PrivateStorage",
        "OPTIONS": {
            "location": PRIVATE_ROOT,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if not HASHED_STATIC
        else "config.static.PlainHashedModulesStorage"
        if EMBEDDED
        else "config.static.HashedModulesStorage",
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_ALLOW_ALL_ORIGINS = True  # the widget's modules are loaded by customers' pages

# --- Where visitors are
# A file in MaxMind's format (GeoLite2-City.mmdb): audiences can ask for country and region.
# Empty: they can't.
GEOIP_DATABASE: str = env.str("GEOIP_DATABASE", default="")

# --- Language and time
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
# The pages of agents, admins and ops: locale/ has every sentence of the product in these.
LANGUAGES = [("en", "English"), ("sv", "Svenska")]
# What visitors read, and so what a dialogue can be written in: locale/ has at least what is said to them.
VISITOR_LANGUAGES = [
    *LANGUAGES,
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pt-br", "Português (Brasil)"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "config.formats"

# --- Mail
EMAIL_URL: str = env.str("EMAIL_URL", default="")
if EMBEDDED and not EMAIL_URL:
    EMAIL_BACKEND = "config.demo.mail.ConsoleAndFileBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
else:
    vars().update(env.email_url_config(EMAIL_URL or "consolemail://"))
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="switchboard@localhost")

# --- Logging: ids and codes, never what people wrote
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # What a visitor or a wrong address gets as 4xx is theirs to read, not a stack trace at three in the
        # morning.
        "django.request": {"level": "ERROR"},
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "celery": {"level": "WARNING" if EMBEDDED else "INFO"},
        # Several lines a sweep, ten a second: what goes wrong is logged above that level.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # It logs the address of each sign-in, and in the embedded mode that is a link that signs in.
        "axes": {"level": "WARNING" if EMBEDDED else "INFO"},
        # A stranger who asks for another host gets 400; a
        # stack trace in the log for each would bury the rest.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
