"""Prints one SVG sprite of the icons that our pages use, read from unpacked @tabler/icons.

Called by vendor_frontend.sh with the folder that holds `outline/`. To use another icon, add its
name here and run that script again.
"""

import re
import sys
from pathlib import Path

ICONS = (
    "alert-circle",
    "alert-triangle",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "arrow-up-right",
    "arrows-right-left",
    "arrows-sort",
    "bell",
    "bolt",
    "calendar",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-check",
    "circle-dashed",
    "circle-minus",
    "circle-plus",
    "circle-x",
    "clock",
    "code",
    "columns-3",
    "device-desktop",
    "edit",
    "eye-off",
    "file-description",
    "filter",
    "git-branch",
    "hand-stop",
    "history",
    "home",
    "hourglass",
    "inbox",
    "info-circle",
    "key",
    "keyboard",
    "layout-board",
    "link",
    "loader-2",
    "lock",
    "logout",
    "menu-2",
    "message",
    "moon",
    "pencil",
    "player-pause",
    "player-play",
    "player-stop",
    "plus",
    "refresh",
    "route",
    "schema",
    "search",
    "settings",
    "sort-ascending",
    "sort-descending",
    "sun",
    "table",
    "tag",
    "transform",
    "trash",
    "user",
    "users",
    "versions",
    "webhook",
    "wifi-off",
    "world",
    "x",
)
OPENING = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)
BOUNDING_BOX = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def symbol(folder: Path, name: str) -> str:
    """The drawing of one icon, as a symbol that takes colour and stroke width from its user."""
    found = OPENING.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{name}.svg holds no drawing.")
    lines = " ".join(BOUNDING_BOX.sub("", found.group(1)).split())
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-linecap="round" stroke-linejoin="round">{lines}</symbol>'
    )


def sprite(folder: Path) -> str:
    symbols = "\n".join(symbol(folder, name) for name in sorted(ICONS))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>'


if __name__ == "__main__":
    print(sprite(Path(sys.argv[1]) / "outline"))
