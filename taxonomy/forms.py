"""Form fields for what people type about companies, investors and deals."""

import re
from functools import cache

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin

from taxonomy import amounts, display
from taxonomy.dates import PartialDate, parse_date
from taxonomy.labels import PROVINCES
from taxonomy.models import Category, Currency, Region
from taxonomy.names import fold, is_chinese

NO_UNIT = _(
    "“%(number)s” has no unit. Write %(number)s万 or %(number)s million; if exactly that is meant, write %(exact)s."
)


def exact_text(number: str, currency: str) -> str:
    """A number that is meant as it stands: 2000元, USD 2000."""
    return f"{number}元" if currency == "CNY" and is_chinese() else f"{currency or 'CNY'} {number}"


def no_unit(number: str, currency: str) -> ValidationError:
    """The complaint about a small number whose unit was most likely forgotten."""
    params = {"number": number, "exact": exact_text(number, currency)}
    return ValidationError(NO_UNIT, code="unit", params=params)


class MoneyField(forms.CharField):
    """One sum in whole units, typed as a number or with a unit: 12000000, 1200万, 12 million. Gives a Decimal.

    The currency is a field of its own, whose value `MoneyForm` writes into `currency`; another one typed here is
    refused rather than silently dropped. So is a small number without a unit: 2000 mostly means 2000万.
    """

    default_error_messages = {
        "unreadable": _("This is not an amount. Write it like 1200万 or 12 million."),
        "negative": _("An amount cannot be negative."),
        "too_large": _("This amount is too large."),
        "one_number": _("Give one number here; the other end of the range has its own field."),
        "currency": _("This amount is in %(named)s, and the currency chosen is %(chosen)s."),
    }

    def __init__(self, **options):
        super().__init__(max_length=40, **options)
        self.currency = ""
        self.widget.attrs.setdefault("inputmode", "text")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value):
        if value is None or isinstance(value, str):
            return value
        text = display.short(value)
        text = text if amounts.parse_amount(text).low == value else f"{value.normalize():f}"
        # Written so that it may be saved again.
        return exact_text(text, self.currency) if self.currency and amounts.bare_number(text) else text

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        # The code of the chosen currency is understood whichever it is.
        plain = re.sub(rf"(?<![A-Z]){self.currency}(?![A-Z])", " ", text, flags=re.I) if self.currency else text
        try:
            found = amounts.parse_amount(plain)
            bare = amounts.bare_number(plain) if plain == text else ""
            agrees = not self.currency or amounts.agrees(plain, self.currency)
        except amounts.AmountError as error:
            code = error.code if error.code in self.error_messages else "unreadable"
            raise ValidationError(self.error_messages[code], code=code) from None
        if not agrees:
            names = {row.pk: row.name for row in Currency.objects.filter(pk__in=[found.currency, self.currency])}
            params = {"named": names[found.currency], "chosen": names.get(self.currency, self.currency)}
            raise ValidationError(self.error_messages["currency"], code="currency", params=params)
        if bare:
            raise no_unit(bare, self.currency)
        if found.kind != amounts.EXACT:
            raise ValidationError(self.error_messages["one_number"], code="one_number")
        return found.low

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True


AMOUNT_ERRORS = {
    "unreadable": _("This is not an amount. Write it like 9.5亿元, 数千万人民币, USD 1.5m or undisclosed."),
    "negative": _("An amount cannot be negative."),
    "too_large": _("This amount is too large."),
    "backwards": _("The range ends below its beginning."),
}


def read_amount(text: str) -> amounts.Amount:
    """Read an amount as people write it. Raises `ValidationError` with a message that says what to write instead."""
    try:
        return amounts.parse_amount(text)
    except amounts.AmountError as error:
        code = error.code if error.code in AMOUNT_ERRORS else "unreadable"
        raise ValidationError(AMOUNT_ERRORS[code], code=code) from None


class AmountField(forms.CharField):
    """An amount as people write it: 9.5亿元, 数千万人民币, USD 1.5m, undisclosed. Gives an `Amount`, None where empty.

    Where the text names no currency, a field of the form does: see `in_currency`.
    """

    def __init__(self, **options):
        super().__init__(max_length=100, **options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value):
        text = super().clean(value)
        return read_amount(text) if text else None


def in_currency(form: forms.BaseForm, data: dict, amount: str, currency: str) -> None:
    """Read the field `amount` in the currency that the field `currency` names, where the text names none.

    A small number without a unit is refused: 2000 mostly means 2000万.
    """
    found, chosen = data.get(amount), data.get(currency)
    if found and found.kind != amounts.UNDISCLOSED and not found.currency and chosen:
        data[amount] = amounts.parse_amount(found.text, chosen.pk)
        if bare := amounts.bare_number(found.text):
            form.add_error(amount, no_unit(bare, chosen.pk))


class MoneyForm(forms.BaseForm):
    """A form whose `MoneyField`s are in the currency of one of its fields."""

    currency_field = "currency"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        chosen = str(self[self.currency_field].value() or "")
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = chosen if re.fullmatch(r"[A-Z]{3}", chosen) else ""


class PhoneField(forms.CharField):
    """A telephone number as people write it: digits, blanks and + - ( ) / . and an extension."""

    default_error_messages = {
        "unreadable": _("This is not a telephone number. Write it like 021-5555 0101 or +86 21 …")
    }
    _WRITTEN = re.compile(r"^[+(（]?[\d\s()（）+\-–./#*]+(?:\s*(?:ext\.?|x|转|分机)\s*\d+)?$", re.IGNORECASE)

    def clean(self, value):
        text = super().clean(value)
        if text and (not self._WRITTEN.match(text) or sum(char.isdecimal() for char in text) < 5):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return text


def address_input() -> forms.TextInput:
    """For a web address: the field adds https:// itself, which an input of type url would not let through."""
    return forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://", "autocapitalize": "none"})


class KeywordsField(forms.CharField):
    """Short words divided by commas or 、. Gives a list, each spelling once."""

    LIMIT, LENGTH = 20, 40
    default_error_messages = {
        "many": _("Give at most %(limit)d keywords."),
        "long": _("“%(word)s” is too long for a keyword: at most %(limit)d characters."),
    }

    def prepare_value(self, value):
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value):
        text = super().clean(value)
        found: dict[str, str] = {}
        for word in re.split(r"[,，、;；\n]+", text):
            if word := " ".join(word.split()):
                found.setdefault(fold(word), word)
        words = list(found.values())
        if len(words) > self.LIMIT:
            raise ValidationError(self.error_messages["many"], code="many", params={"limit": self.LIMIT})
        for word in words:
            if len(word) > self.LENGTH:
                raise ValidationError(
                    self.error_messages["long"], code="long", params={"word": word[:20] + "…", "limit": self.LENGTH}
                )
        return words

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != (initial or [])
        except ValidationError:
            return True


class PartialDateField(forms.CharField):
    """A day, month, quarter or year: 2018-05-04, 2018-05, 2018-Q2, 2018. Gives a `PartialDate` or None."""

    default_error_messages = {"unreadable": _("This is not a date. Write it like 2018, 2018-05 or 2018-05-04.")}

    def prepare_value(self, value):
        if not isinstance(value, PartialDate):
            return value
        first = value.first
        return {
            "day": first.isoformat(),
            "month": f"{first:%Y-%m}",
            "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
            "year": f"{first.year}",
        }[value.precision]

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except ValueError:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable") from None

    def has_changed(self, initial, data):
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True


class _TreeIterator(forms.models.ModelChoiceIterator):
    """The offered categories, each root a group that begins with itself."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        below: dict[int | None, list[Category]] = {}
        for category in self.queryset:
            below.setdefault(category.parent_id, []).append(category)
        for root in below.get(None, []):
            value, name = self.choice(root)
            whole = (value, _("%(name)s, as a whole") % {"name": name})
            yield (root.name, [whole, *(self.choice(child) for child in self._under(root, below))])

    def _under(self, category, below):
        for child in below.get(category.pk, []):
            yield child
            yield from self._under(child, below)


class CategoryChoiceField(forms.ModelChoiceField):
    """One category of the offered scheme."""

    iterator = _TreeIterator

    def __init__(self, **options):
        options.setdefault("label", _("Category"))
        super().__init__(Category.objects.offered(), **options)


class CategoriesField(forms.ModelMultipleChoiceField):
    """Several categories of the offered scheme."""

    iterator = _TreeIterator

    def __init__(self, **options):
        options.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(Category.objects.offered(), **options)


def _alphabetical(region: Region) -> str:
    """Countries stand by their names in the reader's language, Chinese ones by their sounds."""
    return _sounds(region.name_zh) if is_chinese() else region.name_en


@cache
def _sounds(name: str) -> str:
    return " ".join(lazy_pinyin(name))


class _RegionIterator(forms.models.ModelChoiceIterator):
    """Regions under a heading for each kind, in the field's order of kinds."""

    HEADINGS = {
        Region.Kind.PROVINCE: _("Provinces"),
        Region.Kind.COUNTRY: _("Countries"),
        Region.Kind.CLUSTER: _("Clusters"),
        Region.Kind.MACRO: _("Statistical regions"),
    }

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        offered = self.queryset.filter(kind__in=self.field.kinds).exclude(code__in=self.field.not_offered)
        # Some hundreds, of which only these fields are shown.
        regions = list(offered.only("code", "kind", "name_zh", "name_en"))
        for kind in self.field.kinds:
            found = [region for region in regions if region.kind == kind]
            if kind == Region.Kind.COUNTRY:
                found.sort(key=_alphabetical)
            if found:
                yield (self.HEADINGS[kind], [self.choice(region) for region in found])


class PlaceField(forms.ModelChoiceField):
    """Where a company or an institution lies. An area that a source named stays valid, but is not offered.

    Neither is China as a whole, of which the province is asked.
    """

    iterator = _RegionIterator
    not_offered = (*PROVINCES, "CHN")
    kinds = (Region.Kind.PROVINCE, Region.Kind.COUNTRY)

    def __init__(self, **options):
        options.setdefault("label", _("Province or country"))
        super().__init__(Region.objects.places(), **options)


class RegionChoiceField(forms.ModelChoiceField):
    """A place or a group of places, as lists are narrowed by."""

    iterator = _RegionIterator
    not_offered = tuple(PROVINCES)
    kinds = (Region.Kind.CLUSTER, Region.Kind.MACRO, Region.Kind.PROVINCE, Region.Kind.COUNTRY)


class _ByAreaIterator(_RegionIterator):
    """Regions with the provinces of each statistical region under its name."""

    def __iter__(self):
        areas = list(Region.objects.filter(kind=Region.Kind.MACRO).prefetch_related("members"))
        area_of = {member.pk: area.name for area in areas for member in area.members.all()}
        for heading, options in super().__iter__():
            if heading != self.HEADINGS[Region.Kind.PROVINCE]:
                yield heading, options
                continue
            # Hong Kong, Macao and Taiwan belong to none.
            groups: dict[str, list] = {area.name: [] for area in areas} | {str(heading): []}
            for value, label in options:
                groups[area_of.get(value.value, str(heading))].append((value, label))
            yield from ((name, found) for name, found in groups.items() if found)


class RegionsField(forms.ModelMultipleChoiceField):
    """Several places or groups of places."""

    iterator = _RegionIterator
    not_offered = tuple(PROVINCES)
    kinds = (Region.Kind.CLUSTER, Region.Kind.MACRO, Region.Kind.PROVINCE, Region.Kind.COUNTRY)

    def __init__(self, **options):
        options.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(Region.objects.all(), **options)


class RegionsByAreaField(RegionsField):
    """Several places or groups of places, where there is room for all of them."""

    iterator = _ByAreaIterator
