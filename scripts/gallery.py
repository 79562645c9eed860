"""Photographs every page of the demo account, in both themes and on two widths.

    python scripts/gallery.py [FOLDER] [--scenes] [--readme]

Fails, naming each, where a page complains on the console, a request fails, a page is wider than
its window, or axe finds a barrier. With --scenes it takes only what has no address of its own:
links of mails, refused forms, open dialogs. With --readme it renews docs/images/object.webp
alone. Needs what the tests need, and a Chromium: SLUICE_BROWSER, or one on the PATH.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import django

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    # Playwright's event loop runs in this thread; nothing of it reaches the database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    django.setup()
    sys.exit(import_module("tests.browser.gallery").main())
