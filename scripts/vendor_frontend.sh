#!/bin/sh
# Rebuilds static/vendor/ and static/icons.svg from pinned npm packages.
# Only the person who changes a pin needs npm and python3; running Sluice needs neither Node nor this.
# The registry is the one npm is configured with. Usage: scripts/vendor_frontend.sh
set -eu

TABLER=1.6.1
ICONS=3.51.0
HTMX=2.0.11
# For tests alone: looks for what keeps people with disabilities out.
AXE=4.14.1

root=$(cd "$(dirname "$0")/.." && pwd)
vendor="$root/static/vendor"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# fetch PACKAGE VERSION NAME: unpacks the published archive to $scratch/NAME
fetch() {
    mkdir -p "$scratch/$3"
    archive=$(cd "$scratch" && npm pack --silent "$1@$2")
    tar -xzf "$scratch/$archive" -C "$scratch/$3" --strip-components=1
    sha256sum "$scratch/$archive" | cut -d' ' -f1 > "$scratch/$3.sha256"
}

# stamp NAME PACKAGE VERSION LICENCE [FOLDER]: where the files come from, beside them
stamp() {
    printf 'package: %s\nversion: %s\norigin: npm package %s, archive sha256 %s\nlicence: %s\n' \
        "$2" "$3" "$2" "$(cat "$scratch/$1.sha256")" "$4" > "${5:-$vendor/$1}/VERSION"
}

# without_map FILE TARGET: a copy without the comment that makes browsers ask for a source map
without_map() {
    sed -e 's|/\*# sourceMappingURL=[^*]*\*/||' -e '/^\/\/# sourceMappingURL=/d' "$1" > "$2"
}

fetch @tabler/core "$TABLER" tabler
fetch @tabler/icons "$ICONS" tabler-icons
fetch htmx.org "$HTMX" htmx
fetch axe-core "$AXE" axe

rm -rf "$vendor/tabler" "$vendor/tabler-icons" "$vendor/htmx"
mkdir -p "$vendor/tabler" "$vendor/tabler-icons" "$vendor/htmx"

without_map "$scratch/tabler/dist/css/tabler.min.css" "$vendor/tabler/tabler.min.css"
without_map "$scratch/tabler/dist/js/tabler.min.js" "$vendor/tabler/tabler.min.js"
cp "$root/scripts/licences/tabler.txt" "$vendor/tabler/LICENSE"
stamp tabler @tabler/core "$TABLER" MIT

without_map "$scratch/htmx/dist/htmx.min.js" "$vendor/htmx/htmx.min.js"
cp "$scratch/htmx/LICENSE" "$vendor/htmx/LICENSE"
stamp htmx htmx.org "$HTMX" 0BSD

cp "$scratch/axe/axe.min.js" "$scratch/axe/LICENSE" "$scratch/axe/LICENSE-3RD-PARTY.txt" "$root/tests/browser/axe/"
stamp axe axe-core "$AXE" MPL-2.0 "$root/tests/browser/axe"

cp "$scratch/tabler-icons/LICENSE" "$vendor/tabler-icons/LICENSE"
stamp tabler-icons @tabler/icons "$ICONS" MIT
python3 "$root/scripts/icon_sprite.py" "$scratch/tabler-icons/icons" > "$root/static/icons.svg"

echo "static/vendor: tabler $TABLER, tabler-icons $ICONS, htmx $HTMX; tests/browser/axe: $AXE"
