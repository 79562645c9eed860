#!/usr/bin/env bash
# The long proofs: kills, races by the hundred, simulations. Their outcome is kept beside the
# benchmarks, one file for each pair of database and queue.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/surroundings.sh
. scripts/surroundings.sh

find_browser
find_servers
insist
tell_left_out
mkdir -p benchmarks/results

# ring ARGUMENT...: that nothing is to be run is no failure.
ring() {
    run_pytest "$@" --durations=0 -o console_output_style=classic || [ $? -eq 5 ]
}

# prove NAME DATABASE_URL REDIS_URL ARGUMENT...: what meets nothing else is parted among workers,
# what kills and races has the machine to itself.
prove() {
    local outcome="benchmarks/results/proofs-$1.txt" database=$2 broker=$3
    shift 3
    {
        bad=0
        ring "$database" "$broker" -m 'slow and generated' -n "${TEST_WORKERS:-2}" "$@" || bad=1
        ring "$database" "$broker" -m 'slow and not generated' "$@" || bad=1
        exit "$bad"
    } | tee /dev/stderr | grep -E '^(FAILED|ERROR|[0-9.]+s call|=+ .* =+$)' >"$outcome"
}

failed=0
prove sqlite '' '' "$@" || failed=1
if [ -n "$test_database" ] && [ -n "$test_redis" ]; then
    prove postgresql-redis "$test_database" "$test_redis" "$@" || failed=1
fi
exit "$failed"
