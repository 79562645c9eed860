"""Django settings, read from the environment; README.md lists the variables.

Unset means the embedded default: SQLite, an in-process task queue and channel layer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from config import logging, unfold
from config.environment import Reader, is_loopback

BASE_DIR = Path(__file__).resolve().parent.parent
_read = Reader()

DATA_DIR = Path(_read.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
DATABASE_URL = _read.url(
    "DATABASE_URL",
    ("sqlite", "postgres", "postgresql"),
    f"sqlite:///{DATA_DIR / 'sluice.sqlite3'}",
)
REDIS_URL = _read.url("REDIS_URL", ("redis", "rediss", "unix"))
BROKER_URL = _read.url(
    "CELERY_BROKER_URL",
    ("redis", "rediss", "amqp", "amqps", "memory"),
    REDIS_URL or "memory://",
)
EMAIL_URL = _read.url(
    "EMAIL_URL",
    (
        "filemail",
        "smtp",
        "smtps",
        "smtp+tls",
        "smtp+ssl",
        "consolemail",
        "memorymail",
        "dummymail",
    ),
    f"filemail:///{DATA_DIR / 'outbox'}",
)
PORT = _read.port("PORT", 8000)
PUBLIC_URL = _read.url("PUBLIC_URL", ("http", "https"), f"http://127.0.0.1:{PORT}")
IS_PUBLIC_URL_SET = bool(_read.text("PUBLIC_URL"))
LOG_FORMAT = _read.choice("LOG_FORMAT", ("console", "json"), "console")
ALLOWED_HOSTS = _read.names("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
TRUSTED_PROXIES = _read.networks("TRUSTED_PROXIES")
OUTBOUND_ALLOW = _read.networks("OUTBOUND_ALLOW")
SECRET_KEY = _read.secret("SECRET_KEY", DATA_DIR)
ENCRYPTION_KEY = _read.secret("ENCRYPTION_KEY", DATA_DIR)
_read.finish()

DATA_DIR.mkdir(parents=True, exist_ok=True)
IS_PRODUCTION = any(not is_loopback(host) for host in ALLOWED_HOSTS)
IS_EMBEDDED_QUEUE = BROKER_URL.startswith("memory:")
DEBUG = False

# --- apps ----------------------------------------------------------------------------------------

OUR_APPS = [
    "journal",
    "accounts",
    "catalog",
    "workflows",
    "permissions",
    "notifications",
    "automations",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "unfold.apps.BasicAppConfig",
    "config.administration.Administration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_celery_beat",
    "django_fsm",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "rest_framework",
    "config",  # last: freezes the registries when every app is ready
]

MIDDLEWARE = [
    "config.proxies.forwarding",  # outermost: nothing reads what strangers forward
    "config.health.probes",
    "django.middleware.security.SecurityMiddleware",
    "config.content_policy.content_policy",
    "config.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.pages.Slashes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.http.noting.note_session",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.pages.Refusals",
    "config.pages.Soundness",
    "config.pages.Remembering",
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
                "config.context_processors.frame",
            ],
        },
    },
]

# --- storage -------------------------------------------------------------------------------------


def _database() -> dict[str, Any]:
    settings: dict[str, Any] = dict(environ.Env.db_url_config(DATABASE_URL))
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"
            ),
        }
        # Tests use threads and processes, which an in-memory database can't serve.
        settings["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    else:
        # Each request has a thread of its own: connections kept by threads would never be used
        # again, so the process keeps them in a pool instead.
        settings["CONN_HEALTH_CHECKS"] = True
        settings["OPTIONS"] = {
            "prepare_threshold": 5,  # serves `journal.prepared` alone
            **settings.get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": 20, "timeout": 20},
        }
    return settings


DATABASES = {"default": _database()}
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }
    CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- people --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.GateBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "django.contrib.auth.password_validation.MinimumLengthValidator",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
        "accounts.monotony.MonotonousPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

# --- tasks ---------------------------------------------------------------------------------------

if IS_EMBEDDED_QUEUE:
    CELERY_BROKER_URL = "localhost"
    CELERY_BROKER_TRANSPORT = "config.inprocess.Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
else:
    CELERY_BROKER_URL = BROKER_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # A request that sends a wake-up doesn't wait for a broker that is away: the sweep will.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 4
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_RESULT_EXPIRES = None
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    # A tick that waited for a free worker until the next one came is dropped: one is enough.
    "sweep": {"task": "journal.sweep", "schedule": 2.0, "options": {"expire_seconds": 2}},
}

# --- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.http.authentication.TokenAuthentication",
        "accounts.http.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["accounts.http.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "accounts.http.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "accounts.http.schema.Schema",
    "EXCEPTION_HANDLER": "accounts.http.problems.answer",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sluice",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.http.schema.anything_may_be_null",
    ],
    "DESCRIPTION": (
        "Governed objects, their lifecycles, and the workflows that react to them.\n\n"
        "Programs send `Authorization: Bearer TOKEN`; `manage.py create_token USERNAME` makes one. "
        "A browser that signed in sends its session cookie, and with whatever changes something "
        "the `X-CSRFToken` header.\n\n"
        "Every refusal is a problem document (RFC 9457); `errors` names each place. What may not "
        "be seen is answered as what doesn't exist. Members and parameters that an address "
        "doesn't know are refused, with the nearest that it knows."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {
        "key": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,99}$"}
    },
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.models.users.Role",
        "AccessEnum": "accounts.models.workspaces.Access",
    },
}

# --- web -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
UNFOLD = unfold.UNFOLD
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.HashedAddresses"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an object type with all its attributes is one form
SESSION_ENGINE = "accounts.models.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_FAILURE_VIEW = "accounts.http.problems.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other names below this host are not ours to bind to HTTPS,
    "security.W021",  # nor to enter into browsers' lists
    "security.W008",  # the proxy in front redirects to HTTPS; it alone knows what came encrypted
]
SECURE_REFERRER_POLICY = "same-origin"
# config.proxies removes it from requests that no trusted proxy sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

# --- mail and logs -------------------------------------------------------------------------------

vars().update(environ.Env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = _read.text("DEFAULT_FROM_EMAIL", "Sluice <sluice@localhost>")
LOGGING = logging.configuration(LOG_FORMAT)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DETAIL
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DETAIL
# It would tell the address that a header names, which a proxy passes on as clients wrote it.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
