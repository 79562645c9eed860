"""`python -m scripts.reference` writes the generated pages of docs/reference."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

import django

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def main() -> int:
    parser = ArgumentParser(prog="python -m scripts.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="Writes nothing; 1 if one differs.")
    only_compares = parser.parse_args().check
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from scripts.reference.pages import PAGES

    changed = []
    for name, render in PAGES.items():
        path, text = FOLDER / name, render()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(name)
            if not only_compares:
                path.write_text(text, encoding="utf-8")
    print("\n".join(changed) or "Nothing has changed.")
    return 1 if only_compares and changed else 0


if __name__ == "__main__":
    sys.exit(main())
