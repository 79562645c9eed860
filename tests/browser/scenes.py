"""What pages look like in the middle of something: a mail's link, a refused form, an open dialog.

Each scene leaves its page open, to be looked at. The rows in which it plays are made by ROWS, which
are harder to draw than those of the demo account: long names, right-to-left names, a failed run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.letters import link_to
from tests.browser.visitor import Visitor
from tests.serving import Program

LONG = "Unbreakable" * 11
RIGHT_TO_LEFT = "حساء العدس مع الليمون"
ROWS = f"""
from accounts.actor import Actor
from accounts.models import User, Workspace
from catalog.models import ObjectType
from catalog.services import objects
from workflows.authoring.services import drafts, publishing, workflows

recipe = ObjectType.objects.get(key="recipe")
main = Workspace.objects.get(key="main")
owner = Actor(User.objects.get(username="owner"))
failing = {{
    "trigger": {{"event": "objectCreated", "objectTypeKey": "recipe"}},
    "stream": {{"objectTypeKey": "recipe"}},
    "steps": [{{"id": "move", "type": "changeWorkflowState", "toStateKey": "archived"}}],
}}
names = {{"fails": "Archive at once", "long": {LONG[:120]!r}, "only_draft": "Not yet"}}
for key, name in names.items():
    made = workflows.create_workflow(key, actor=owner, workspace=main, name=name)
    drafts.save_draft(made, failing, actor=owner)
    if key == "fails":
        publishing.publish(made, actor=owner)
for key, name in (("long", {LONG[:120]!r}), ("rtl", {RIGHT_TO_LEFT!r})):
    objects.create(recipe, actor=owner, key=key, name=name)
User.objects.filter(username="outsider").update(first_name={RIGHT_TO_LEFT[:4]!r}, last_name="كريم")
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene plays with: who looks, the program, and the ids of things."""

    visitor: Visitor
    program: Program
    places: dict[str, str]
    theme: str

    @property
    def newcomer(self) -> str:
        return f"newcomer-{self.theme}@demo.example"


def _invitation(stage: Stage) -> None:
    admin = stage.visitor
    admin.go("/users/")
    admin.page.get_by_label("E-mail address", exact=True).fill(stage.newcomer)
    admin.press("Send the invitation")
    admin.toast("on its way")
    path = link_to(stage.program, stage.newcomer, "invitation")
    _sign_out(admin)
    admin.go(path)


def _confirmation(stage: Stage) -> None:
    stage.visitor.go("/profile/")
    stage.visitor.page.locator("#email-email").fill(f"new-{stage.newcomer}")
    stage.visitor.page.locator("#email-currentPassword").fill("demo")
    stage.visitor.press("Change the address")
    stage.visitor.toast("A link was sent")
    stage.visitor.go(link_to(stage.program, f"new-{stage.newcomer}", "email"))


def _new_password(stage: Stage) -> None:
    stage.visitor.go("/password/forgotten/")
    stage.visitor.page.get_by_label("E-mail address").fill("member@demo.example")
    stage.visitor.press("Send the link")
    expect(stage.visitor.page.get_by_role("status")).to_contain_text("on its way")
    stage.visitor.go(link_to(stage.program, "member@demo.example", "password/new"))


def _hand_over(stage: Stage) -> None:
    stage.visitor.go("/users/2/")
    stage.visitor.page.get_by_label("Hand over to the user").fill("steward")
    stage.visitor.press("See what goes over…")
    expect(stage.visitor.page.get_by_role("heading", level=1)).to_contain_text("to steward")


def _unknown_heir(stage: Stage) -> None:
    stage.visitor.go("/users/2/")
    stage.visitor.page.get_by_label("Hand over to the user").fill("nobody-of-this-name")
    stage.visitor.press("See what goes over…")
    expect(stage.visitor.page.locator("#hand-over-to-problem")).to_be_visible()


def _refused_form(stage: Stage) -> None:
    stage.visitor.go("/boards/recipe/new/")
    stage.visitor.page.locator("#input-key").fill("no key")
    stage.visitor.page.locator("main form").evaluate("(form) => { form.noValidate = true; }")
    stage.visitor.page.locator('main form button[type="submit"]').first.click()
    expect(stage.visitor.page.locator(".field__problem").first).to_be_visible()


def _new_token(stage: Stage) -> None:
    stage.visitor.go("/profile/")
    stage.visitor.press("Make a token")
    expect(stage.visitor.page.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def _dialog(stage: Stage) -> None:
    stage.visitor.go("/workflows/only_draft/")
    stage.visitor.page.get_by_role("button", name="Publish", exact=True).click()
    expect(stage.visitor.page.locator("#publish-dialog")).to_be_visible()


def _filters(stage: Stage) -> None:
    stage.visitor.go("/executions/")
    stage.visitor.page.locator("#more-filters summary").click()
    expect(stage.visitor.page.get_by_label("Mode")).to_be_visible()


def _too_often(stage: Stage) -> None:
    for _ in range(30):
        stage.visitor.go_anyhow("/sign-in/")
        stage.visitor.page.get_by_label("User name").fill(f"guess-{stage.theme}")
        stage.visitor.page.get_by_label("Password").fill("wrong")
        stage.visitor.press("Sign in")
        if "too often" in stage.visitor.page.locator(".form-problem").inner_text().lower():
            return
    raise AssertionError("Nobody keeps a stranger from guessing.")


def _failed_run(stage: Stage) -> None:
    failed = stage.visitor.page.locator("tbody tr", has_text="Archive at once")
    for _ in range(20):
        stage.visitor.go("/executions/?status=completedWithFailures")
        if failed.count():
            break
        stage.visitor.page.wait_for_timeout(500)
    failed.first.get_by_role("link", name="Archive at once").click()
    expect(stage.visitor.page.get_by_role("heading", level=1)).to_contain_text("Archive at once")


def _at(path: str) -> Callable[[Stage], None]:
    return lambda stage: stage.visitor.go(path)


def _object(text: str) -> Callable[[Stage], None]:
    def look(stage: Stage) -> None:
        stage.visitor.go("/boards/recipe/?q=" + text[:30])
        stage.visitor.page.locator("tbody .cell-title").first.click()
        expect(stage.visitor.page.get_by_role("heading", level=1)).to_contain_text(text[:30])

    return look


def _sign_out(visitor: Visitor) -> None:
    visitor.page.context.clear_cookies()


# Name of the scene -> who plays it (anew each time), and what is done.
SCENES: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "invitation": ("admin", _invitation),
    "email-confirmation": ("steward", _confirmation),
    "new-password": ("", _new_password),
    "hand-over": ("admin", _hand_over),
    "hand-over-refused": ("admin", _unknown_heir),
    "new-object-refused": ("owner", _refused_form),
    "new-token": ("viewer", _new_token),
    "publish-dialog": ("owner", _dialog),
    "executions-filters": ("owner", _filters),
    "failed-run": ("owner", _failed_run),
    "draft-only": ("owner", _at("/workflows/only_draft/")),
    "draft-only-unseen": ("viewer", _at("/workflows/only_draft/")),
    "long-workflow": ("owner", _at("/workflows/long/")),
    "long-object": ("owner", _object(LONG[:120])),
    "right-to-left": ("owner", _object(RIGHT_TO_LEFT)),
    "board-hard-names": ("owner", _at("/boards/recipe/?sort=-created")),
    "sign-in-too-often": ("", _too_often),
}
