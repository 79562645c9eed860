"""Names that pass for others: refused for users and teams, while every script is welcome alone."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.exceptions import Invalid
from accounts.lookalikes import mixed_word
from accounts.models import User
from accounts.services import invitations, teams, users
from tests.accounts.letters import path_in, sent
from tests.cast import Cast

SYSTEM = Actor.system()
A, DZE, U, TE, IE, EM = "\u0430\u0455\u0443\u0442\u0435\u043c"
"""Cyrillic letters that look like a, s, y, t, e and m."""


@pytest.mark.parametrize(
    "name",
    [
        "admin",
        "zoë",
        "r2d2",
        "Мария",
        "Ζωή",
        "محمد",
        "田中たろう",
        "タロー2",
        "李lee",
        "김철수",
        "ivan.иван",
        "Team::Команда",
        "straße",
        "ﬁona",
    ],
)
def test_words_of_one_script_are_names(name: str) -> None:
    assert mixed_word(name) == ""


@pytest.mark.parametrize(
    ("name", "word"),
    [
        (f"{A}dmin", f"{A}dmin"),
        (f"syst{IE}m", f"syst{IE}m"),
        (f"ada.ow{A}", f"ow{A}"),
        ("bob\u0665", "bob\u0665"),  # an Arabic five, which looks like an o
        ("\uff41\u0430", "a\u0430"),  # wide Latin
    ],
)
def test_a_word_of_several_scripts_is_none(cast: Cast, name: str, word: str) -> None:
    assert mixed_word(name) == word
    with pytest.raises(Invalid) as refused:
        users.create_user(name, actor=SYSTEM)
    (problem,) = refused.value.problems
    assert (problem.pointer, problem.code) == ("/username", "mixedScripts")
    with pytest.raises(Invalid):
        users.add_inactive_users([name], actor=SYSTEM)
    with pytest.raises(Invalid) as refused:
        teams.create_team(f"Team::{name}", actor=SYSTEM)
    assert [(one.pointer, one.code) for one in refused.value.problems] == [
        ("/name", "mixedScripts")
    ]


def test_a_name_in_other_letters_is_not_another_name(cast: Cast) -> None:
    users.create_user("ape", actor=SYSTEM)
    users.create_user("a.smith", actor=SYSTEM)
    for name in (
        f"{A}\u0440{IE}",
        f"{A}.smith",
        DZE + U + DZE + TE + IE + EM,
        "\ua731\u028f\ua731\u1d1b\u1d07\u1d0d",
    ):
        with pytest.raises(Invalid) as refused:
            users.create_user(name, actor=SYSTEM)
        assert [one.code for one in refused.value.problems] == ["looksAlike"], name
    with pytest.raises(Invalid) as refused:
        teams.create_team(f"{A}\u0440{IE}", actor=SYSTEM)
    assert [one.code for one in refused.value.problems] == ["looksAlike"]
    with pytest.raises(Invalid):
        teams.change_team(cast.teams["Team::Admins"], name=f"Te{A}m", actor=SYSTEM)
    assert users.create_user("Мария", actor=SYSTEM).username == "Мария"


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("bob1", "bobl"),
        ("bobl", "bob1"),
        ("Ivan", "lvan"),
        ("lvan", "Ivan"),
        ("1van", "Ivan"),
        ("bob0", "bobo"),
        ("bobO", "b0b0"),
        ("\u0406\u0412\u0410\u041d", "lBAH"),
        ("ape", f"{A}\u0440{IE}"),
        (f"{A}\u0440{IE}", "ape"),
    ],
)
def test_what_looks_like_a_name_that_is_there_is_refused(cast: Cast, there: str, new: str) -> None:
    users.create_user(there, actor=SYSTEM)
    with pytest.raises(Invalid) as refused:
        users.create_user(new, actor=SYSTEM)
    (problem,) = refused.value.problems
    assert (problem.pointer, problem.code) == ("/username", "looksAlike")
    assert repr(there) in problem.detail
    with pytest.raises(Invalid) as refused:
        users.add_inactive_users(["fine", new], actor=SYSTEM)
    assert [one.code for one in refused.value.problems] == ["looksAlike"]
    assert not User.objects.filter(username="fine").exists()
    with pytest.raises(Invalid):
        teams.create_team(new, actor=SYSTEM)


@pytest.mark.parametrize(("there", "new"), [("ivan", "lvan"), ("ian", "lan"), ("bob2", "bobz")])
def test_what_can_be_told_apart_is_another_name(cast: Cast, there: str, new: str) -> None:
    users.create_user(there, actor=SYSTEM)
    assert users.create_user(new, actor=SYSTEM).username == new


def test_two_that_are_added_at_once_differ_too(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        users.add_inactive_users(["bob1", "bob1", "BOB1", "bobl"], actor=SYSTEM)
    assert [(one.code, one.value) for one in refused.value.problems] == [("looksAlike", "bobl")]
    assert len(users.add_inactive_users(["bob1", "BOB1"], actor=SYSTEM)) == 2


def test_nobody_is_added_under_the_name_of_a_team(cast: Cast) -> None:
    teams.create_team("Cooks", actor=SYSTEM)
    with pytest.raises(Invalid) as refused:
        users.add_inactive_users(["cooks"], actor=SYSTEM)
    assert [one.code for one in refused.value.problems] == ["taken"]


def test_a_team_may_be_renamed_to_what_it_looks_like(cast: Cast) -> None:
    team = teams.create_team("Team1", actor=SYSTEM)
    teams.change_team(team, name="TeamI", actor=SYSTEM)
    with pytest.raises(Invalid):
        teams.create_team("Team1", actor=SYSTEM)


def test_who_is_invited_chooses_by_the_same_rule(cast: Cast) -> None:
    invitations.invite("ada@example.org", actor=cast.acting("admin"))
    path = path_in(sent()[0])
    given = {"firstName": "Ada", "lastName": "King", "password": "correct horse battery"}
    answer = Client().post(path, {**given, "username": f"{A}dmin"})
    assert answer.status_code == 422
    assert "mixes letters of several scripts" in answer.content.decode()
