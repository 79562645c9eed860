"""Base classes of the admin pages: the theme's, typed as those of Django that they extend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django import forms
    from django.contrib import admin

    class RowForm(forms.ModelForm[Any]):
        """A form for a row of any model."""

    class Themed(admin.ModelAdmin[Any]):
        """Pages of one model."""

    class ThemedTable(admin.TabularInline[Any, Any]):
        """A table of rows that belong to the row of a page."""
else:
    from django.forms import ModelForm as RowForm
    from unfold.admin import ModelAdmin as Themed
    from unfold.admin import TabularInline as ThemedTable

__all__ = ["RowForm", "Themed", "ThemedTable"]
