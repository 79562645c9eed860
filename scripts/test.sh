#!/usr/bin/env bash
# The short ring of the suite: on SQLite with the in-process queue, then on PostgreSQL and Redis.
# Tests that meet neither run once. Arguments are handed to pytest; TEST_WORKERS sets how many run
# at the same time.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/surroundings.sh
. scripts/surroundings.sh

find_browser
find_servers
insist
tell_left_out

wanted='not slow'
if [ -z "${SLUICE_BROWSER:-}" ]; then wanted="$wanted and not browser"; fi
options=(-n "${TEST_WORKERS:-2}" -m "$wanted" "$@")
# The slow ones are always seen where nobody watches.
if [ "${CI:-}" = true ]; then options=(--durations=25 "${options[@]}"); fi

failed=0
run_pytest '' '' "${options[@]}" || failed=1
if [ -n "$test_database" ] || [ -n "$test_redis" ]; then
    run_pytest "$test_database" "$test_redis" --stored "${options[@]}" || failed=1
fi
if [ "${CI:-}" != true ]; then tell_left_out; fi
exit "$failed"
