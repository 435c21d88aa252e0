"""Several codes at once, chosen from a list that opens; it works by keyboard and without a script."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext

from taxonomy.forms import CategoriesField, RegionsField
from taxonomy.models import Round

# One by one, as templates include them, hundreds of places would cost more than the rest of a page.
OPTION = '<label><input type="checkbox" class="form-check-input" name="{}" value="{}"{}> <span>{}</span></label>'
CHECKED = mark_safe(" checked")


class Several(forms.SelectMultiple):
    """Boxes to tick in a list that opens; closed, it names what is chosen, or `empty_label`."""

    use_fieldset = True

    def __init__(self, empty_label="", attrs=None, choices=()):
        super().__init__(attrs, choices)
        self.empty_label = empty_label

    def value_from_datadict(self, data, files, name):
        # An empty value asks for nothing, as of a list from which one was chosen.
        return [value for value in super().value_from_datadict(data, files, name) if value]

    def id_for_label(self, id_, index=None):
        return ""

    def get_context(self, name, value, attrs):
        chosen = {*map(str, value or ())}
        groups: list[dict] = []
        for key, label in self.choices:
            is_group = isinstance(label, list | tuple)
            if is_group or not groups or groups[-1]["heading"]:
                groups.append({"heading": key if is_group else "", "options": []})
            groups[-1]["options"] += [(str(code), text) for code, text in (label if is_group else [(key, label)])]
        offered = dict(option for group in groups for option in group["options"])
        # What was asked for and is not offered stays there, to be taken away.
        if others := sorted(chosen - offered.keys()):
            groups.insert(0, {"heading": "", "options": [(code, code) for code in others]})
        return {
            "name": name,
            "attrs": self.build_attrs(self.attrs, attrs),
            "groups": [
                {
                    "heading": group["heading"],
                    "options": format_html_join(
                        "",
                        OPTION,
                        ((name, code, CHECKED if code in chosen else "", text) for code, text in group["options"]),
                    ),
                }
                for group in groups
            ],
            "named": [*others, *(text for code, text in offered.items() if code in chosen)],
            "comma": pgettext("between the items of a list", ", "),
            "empty_label": self.empty_label,
        }

    def render(self, name, value, attrs=None, renderer=None):
        return render_to_string("partials/several.html", self.get_context(name, value, attrs))


class _ByCode:
    """Rows by their codes, as a list; none where nothing is chosen."""

    def __init__(self, *, empty_label="", **options):
        super().__init__(**{"to_field_name": "code", "widget": Several(empty_label), "required": False} | options)

    def clean(self, value):
        for code in value or ():
            if "\0" in code:
                # A database would not take it.
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": code[:40]})
        return list(super().clean(value))


class SeveralCategories(_ByCode, CategoriesField):
    """Categories of the offered scheme."""


class SeveralRegions(_ByCode, RegionsField):
    """Places or groups of places."""


class SeveralRounds(_ByCode, forms.ModelMultipleChoiceField):
    def __init__(self, **options):
        super().__init__(**{"queryset": Round.objects.all()} | options)
