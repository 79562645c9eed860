#!/usr/bin/env bash
# Everything that is checked without running the tests. Goes on after a failure and names them all.
set -euo pipefail
cd "$(dirname "$0")/.."
export DATA_DIR=${DATA_DIR:-$PWD/var/check}

failed=()

# check NAME COMMAND...
check() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        printf 'ok      %s\n' "$name"
    else
        printf 'FAILED  %s\n%s\n' "$name" "$said"
        failed+=("$name")
    fi
}

check format .venv/bin/ruff format --check .
check lint .venv/bin/ruff check .
check types .venv/bin/mypy
check contracts .venv/bin/lint-imports
check migrations .venv/bin/python manage.py makemigrations --check --dry-run
check django .venv/bin/python manage.py check
if command -v shellcheck >/dev/null; then
    check shell shellcheck scripts/*.sh .ci/run
fi

if [ "${#failed[@]}" -gt 0 ]; then
    printf 'Failed: %s\n' "${failed[*]}" >&2
    exit 1
fi
