# shellcheck shell=bash
# Sourced by the scripts that run tests: finds a browser, a PostgreSQL and a Redis to test with.
# What is missing is said, with the reason, in the array `left_out`; with CI=true it is an error.

left_out=()

miss() {
    left_out+=("$1")
}

# Fails where something is missing that nothing may be left out for.
insist() {
    if [ "${CI:-}" = true ] && [ "${#left_out[@]}" -gt 0 ]; then
        printf 'With CI=true nothing may be left out, but:\n' >&2
        printf '  - %s\n' "${left_out[@]}" >&2
        exit 1
    fi
}

tell_left_out() {
    if [ "${#left_out[@]}" -gt 0 ]; then
        printf 'Left out:\n'
        printf '  - %s\n' "${left_out[@]}"
    fi
}

# --- browser -------------------------------------------------------------------------------------

browser_on_path() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
        if command -v "$name"; then
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        # Without a terminal nobody could type the password.
        if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
    else
        return 1
    fi
}

install_browser() {
    command -v apt-get >/dev/null || return 1
    printf 'Installing Chromium for the browser tests.\n'
    as_root apt-get update -qq >/dev/null || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium >/dev/null || return 1
}

# Sets SLUICE_BROWSER to the path of a Chromium that starts.
find_browser() {
    if [ -z "${SLUICE_BROWSER:-}" ]; then
        SLUICE_BROWSER=$(browser_on_path) || install_browser || true
        SLUICE_BROWSER=${SLUICE_BROWSER:-$(browser_on_path || true)}
    fi
    if [ -n "$SLUICE_BROWSER" ] && "$SLUICE_BROWSER" --version >/dev/null 2>&1; then
        export SLUICE_BROWSER
        return
    fi
    unset SLUICE_BROWSER
    miss "browser tests: no Chromium on the PATH, and it can't be installed without apt-get and root or sudo"
}

# --- servers -------------------------------------------------------------------------------------

# Prints the reason and fails where this PostgreSQL can't hold a test database.
try_postgres() {
    .venv/bin/python - "$1" <<'PYTHON'
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg

given = urlsplit(sys.argv[1])
for name in (given.path, "/postgres"):
    try:
        with psycopg.connect(urlunsplit(given._replace(path=name)), connect_timeout=3) as link:
            row = link.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            sys.exit(None if row.fetchone()[0] else "its role may not create a test database")
    except psycopg.OperationalError as problem:
        reason = str(problem).splitlines()[0]
sys.exit(reason)
PYTHON
}

try_redis() {
    .venv/bin/python - "$1" <<'PYTHON'
import sys

import redis

try:
    with redis.Redis.from_url(sys.argv[1], socket_connect_timeout=3, socket_timeout=3) as server:
        server.ping()
except redis.RedisError as problem:
    sys.exit(str(problem).splitlines()[0])
PYTHON
}

# Sets test_database and test_redis to URLs that answer, or to nothing.
find_servers() {
    local reason
    test_database=${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/sluice}
    case $test_database in sqlite*) test_database=postgres://postgres@127.0.0.1:5432/sluice ;; esac
    if ! reason=$(try_postgres "$test_database" 2>&1); then
        test_database=
        miss "PostgreSQL: $reason (name another with DATABASE_URL)"
    fi
    test_redis=${REDIS_URL:-redis://127.0.0.1:6379/15}
    if ! reason=$(try_redis "$test_redis" 2>&1); then
        test_redis=
        miss "Redis: $reason (name another with REDIS_URL)"
    fi
}

# --- rings ---------------------------------------------------------------------------------------

# run_pytest DATABASE_URL REDIS_URL ARGUMENT...: empty URLs mean the embedded default.
run_pytest() {
    local database=$1 broker=$2 store=SQLite queue='in-process queue'
    shift 2
    (
        unset DATABASE_URL REDIS_URL CELERY_BROKER_URL DJANGO_SETTINGS_MODULE
        # Each program that a test starts would otherwise compile Django anew: 4 s of work.
        unset PYTHONDONTWRITEBYTECODE
        if [ -n "$database" ]; then
            export DATABASE_URL=$database
            store=PostgreSQL
        fi
        if [ -n "$broker" ]; then
            export REDIS_URL=$broker
            queue=Redis
        fi
        printf '\n== %s, %s\n' "$store" "$queue"
        exec .venv/bin/python -m pytest "$@"
    )
}
