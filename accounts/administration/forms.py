"""Forms of the admin pages: what is given goes to a service, and comes back with its refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from unfold import widgets

from accounts.administration.themed import RowForm
from accounts.exceptions import Invalid, Problem, Refused
from journal.strict_json import BadJSON, loads

MOST_LINES = 10_000
Choices = Sequence[tuple[str, Any]]
FORM = "form"  # in a refusal's extras: the prefix of the form in a table that it is about


class ServiceForm(RowForm):
    """Knows its fields and shows refusals; the service alone judges and writes.

    `read` gives what a row holds, by field; `fixed` can't be changed once the row is there.
    `places` maps the first segment of a problem's pointer to a field of another name.
    """

    read: ClassVar[Callable[[Any], Mapping[str, Any]]]
    fixed: ClassVar[frozenset[str]] = frozenset()
    places: ClassVar[Mapping[str, str]] = {}
    refusal: ClassVar[Refused | None] = None

    def __init__(
        self,
        *args: Any,
        instance: Model | None = None,
        initial: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        there = instance is not None and instance.pk is not None
        start = {**(type(self).read(instance) if there else {}), **(initial or {})}
        kwargs.update(instance=instance, initial=start)
        super().__init__(*args, **kwargs)
        if there:
            for name in self.fixed:
                self.fields[name].disabled = True

    def _post_clean(self) -> None:
        """Django would check the row here; instead, what the service has said is shown."""
        refusal = self.refusal
        if refusal is not None and refusal.extra.get(FORM) == self.prefix:
            for name, sentence in self._sentences(refusal):
                self.add_error(name, sentence)

    def save(self, commit: bool = True) -> Any:
        """Nothing: the page calls a service with what was given."""
        return self.instance

    def given(self) -> dict[str, Any]:
        """What was given: of a row that is there already, the changed fields only."""
        changed = self.changed_data if self.instance.pk is not None else list(self.cleaned_data)
        return {name: self.cleaned_data[name] for name in changed if name in self.own_fields()}

    @classmethod
    def own_fields(cls) -> Iterable[str]:
        """Without those that Django adds for a table."""
        return cls.base_fields

    def _sentences(self, refusal: Refused) -> Iterable[tuple[str | None, str]]:
        problems = refusal.problems if isinstance(refusal, Invalid) else []
        if not problems:
            yield None, refusal.detail
        for one in problems:
            first = one.pointer.split("/")[1] if "/" in one.pointer else ""
            name = self.places.get(first, first)
            yield (name if name in self.fields else None), _sentence(one)


def _sentence(problem: Problem) -> str:
    if problem.nearest and problem.nearest not in problem.detail:
        return f"{problem.detail} Did you mean {problem.nearest}?"
    return problem.detail


def form_of(
    model: type[Model],
    fields: Mapping[str, forms.Field],
    *,
    base: type[ServiceForm] = ServiceForm,
    **attributes: Any,
) -> type[ServiceForm]:
    """A form of these fields for rows of this model."""
    meta = type("Meta", (), {"model": model, "fields": ()})
    members = {**fields, **attributes, "Meta": meta, "__module__": __name__}
    made = forms.models.ModelFormMetaclass(f"{model.__name__}Form", (base,), members)
    return cast("type[ServiceForm]", made)


# --- fields --------------------------------------------------------------------------------------


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def clean(self, value: Any) -> list[str]:
        found = _lines_of(super().clean(value) or "")
        if len(found) > MOST_LINES:
            raise ValidationError(f"At most {MOST_LINES:,} lines are expected here.")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and list(initial or []) != _lines_of(data or "")


def _lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class JSONText(forms.CharField):
    """Any JSON value, read as strictly as by the API; empty is none. Begins as `written`."""

    def clean(self, value: Any) -> Any:
        given = super().clean(value)
        if not given:
            return None
        try:
            return loads(given.encode())
        except BadJSON as problem:
            raise ValidationError(f"This is no JSON: {problem}") from problem


def written(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def text(label: str, hint: str = "", *, most: int = 200, required: bool = True) -> forms.CharField:
    """A line; a box where it may be long."""
    widget = (
        widgets.UnfoldAdminTextareaWidget if most > 1000 else widgets.UnfoldAdminTextInputWidget
    )
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=required,
        widget=widget(),
        strip=False,
    )


def lines(label: str, hint: str = "") -> LinesField:
    box = widgets.UnfoldAdminTextareaWidget(attrs={"rows": 4})
    return LinesField(label=label, help_text=hint, required=False, widget=box)


def json_text(label: str, hint: str = "") -> JSONText:
    line = widgets.UnfoldAdminTextInputWidget(attrs={"spellcheck": "false"})
    return JSONText(label=label, help_text=hint, required=False, widget=line)


def choice(
    label: str,
    choices: Choices,
    hint: str = "",
    *,
    required: bool = True,
    initial: str | None = None,
) -> forms.ChoiceField:
    """One of a few; where none is needed, an empty one stands first."""
    offered = list(choices) if required else [("", "None"), *choices]
    widget = widgets.UnfoldAdminSelectWidget()
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=offered,
        required=required,
        initial=initial,
        widget=widget,
    )


def several(label: str, choices: Choices, hint: str = "") -> forms.MultipleChoiceField:
    widget = widgets.UnfoldAdminCheckboxSelectMultipleWidget()
    return forms.MultipleChoiceField(
        label=label, help_text=hint, choices=choices, required=False, widget=widget
    )


def switch(label: str, hint: str = "", *, initial: bool = False) -> forms.BooleanField:
    widget = widgets.UnfoldBooleanSwitchWidget()
    return forms.BooleanField(
        label=label, help_text=hint, required=False, initial=initial, widget=widget
    )


def number(
    label: str, hint: str = "", *, least: int, most: int, required: bool = True
) -> forms.IntegerField:
    widget = widgets.UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        required=required,
        widget=widget,
    )


def password(label: str, hint: str = "", *, required: bool = False) -> forms.CharField:
    widget = widgets.UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label, help_text=hint, required=required, widget=widget, max_length=4096, strip=False
    )
