"""Settings of the programs that fault tests start: with a page that takes its time."""

from tests.settings import *

ROOT_URLCONF = "tests.faults.urls"
