"""The benchmarks run in small, compare like with like, and hold what they find against the floors.

How long anything takes is not asserted here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.apps import apps

from benchmarks.benchmark import Benchmark
from benchmarks.kinds import BENCHMARKS
from benchmarks.picture import MOST_RATIO, PLOT, Bar, drawn
from benchmarks.results import Results, floors, line
from benchmarks.rows import HEADS, Row
from benchmarks.surroundings import DATABASES
from benchmarks.timing import Race, Unit, Way
from benchmarks.world import World

ROOT = Path(__file__).parent.parent.parent
RACES = [one for one in BENCHMARKS if one.key != "latency"]
WRITERS = [one for one in RACES if not one.key.startswith("page")]


def key_of(benchmark: Benchmark) -> str:
    return benchmark.key


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.build()


@pytest.mark.parametrize("benchmark_", BENCHMARKS, ids=key_of)
def test_each_benchmark_yields_its_row(benchmark_: Benchmark, world: World) -> None:
    row = benchmark_.row(world, objects=2, rounds=1)
    assert (row.key, row.label, row.unit) == (benchmark_.key, benchmark_.label, benchmark_.unit)
    assert row.ours > 0
    if benchmark_ in RACES:
        assert None not in (row.bare, row.ratio, row.our_statements, row.bare_statements)
    assert len(line(row.cells)) > len(row.label)


@pytest.mark.parametrize("benchmark_", WRITERS, ids=key_of)
def test_the_bare_way_writes_as_many_rows(benchmark_: Benchmark, world: World) -> None:
    race = benchmark_.prepare(world, 3)
    assert isinstance(race, Race)
    ours, bare = new_rows(race.ours), new_rows(race.bare)
    assert ours
    assert ours == bare


def new_rows(way: Way) -> dict[str, int]:
    """By table, how many rows there are after the work that were not there before."""
    work = way()
    before = keys()
    work()
    added = {label: len(found - before[label]) for label, found in keys().items()}
    return {label: number for label, number in added.items() if number}


def keys() -> dict[str, set[Any]]:
    return {
        model._meta.label: set(model._default_manager.values_list("pk", flat=True))
        for model in apps.get_models()
    }


def test_a_ratio_above_one_is_faster_in_both_units() -> None:
    assert Unit.PER_SECOND.told(2, 10) == 5
    assert Unit.PER_SECOND.ratio(10, 5) == 2
    assert Unit.MILLISECONDS.told(2, 10) == 200
    assert Unit.MILLISECONDS.ratio(5, 10) == 2


def test_floors_stand_for_races_on_known_databases() -> None:
    for database in DATABASES:
        assert set(floors(database)) <= {one.key for one in RACES}


def row(ratio: float | None, floor: float | None) -> Row:
    return Row("page", "first <page>", "ms", 12.5, 10.0, ratio, 18.0, 1.0, floor)


def test_what_falls_below_its_floor_is_named_and_nothing_else() -> None:
    rows = [row(0.8, 0.8), row(0.9, None), row(None, 0.8), row(0.79, 0.8)]
    assert Results("SQLite", {}, rows[:3]).failures == []
    (sentence,) = Results("SQLite", {}, rows).failures
    assert sentence == "SQLite, first <page>: the ratio 0.79 is below its floor, 0.8."


def test_results_are_kept_as_json_and_as_a_picture(tmp_path: Path) -> None:
    Results("SQLite", {"cores": 2}, [row(0.8, 0.5)]).keep(tmp_path / "sqlite")
    kept = json.loads((tmp_path / "sqlite" / "latest.json").read_text(encoding="utf-8"))
    assert kept["cores"] == 2
    assert [Row(**given) for given in kept["rows"]] == [row(0.8, 0.5)]
    picture = ET.parse(tmp_path / "sqlite" / "latest.svg")
    words = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"SQLite", "first <page>", "0.80", "0.50", HEADS[1]} <= words


def test_a_bar_is_as_long_as_its_ratio_and_tells_when_it_is_too_short() -> None:
    bars = [Bar(0.5, 0.4), Bar(0.25, 0.4), Bar(None, None), Bar(9.0, None)]
    lines = [HEADS, *[row(0.5, None).cells] * len(bars)]
    drawing = ET.fromstring(drawn("SQLite", lines, bars))
    found = [
        (one.get("class"), int(one.get("width", "0")))
        for one in drawing.iter("{http://www.w3.org/2000/svg}rect")
        if one.get("class")
    ]
    assert found == [
        ("bar", PLOT // 2),
        ("low", PLOT // 4),
        ("bar", round(PLOT * MOST_RATIO)),
    ]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", "--database", "sqlite", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_prints_a_table() -> None:
    done = run("--only", "transition", "--objects", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SQLite, in-process queue" in done.stdout
    assert "transitions by a member" in done.stdout


@pytest.mark.slow
def test_the_command_names_the_benchmarks_there_are() -> None:
    done = run("--only", "transitions")
    assert done.returncode == 1
    assert "There is no benchmark transitions; there are transition, import" in done.stderr
