"""What the serializers and views of every app's API share."""

import copy

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty

from taxonomy.amounts import Amount
from taxonomy.dates import PartialDate, parse_date
from taxonomy.forms import AMOUNT_ERRORS, read_amount
from taxonomy.models import AmountKind, Category, Currency


class RecordSerializer(serializers.ModelSerializer):
    """A model serializer that also asks the model's constraints, so that they answer as field errors, not as a crash."""

    class Meta:
        abstract = True

    def validate(self, attrs):
        attrs = super().validate(attrs)
        model = self.Meta.model
        columns = {field.name for field in model._meta.concrete_fields}
        row = copy.copy(self.instance) if self.instance else model(**self.fixed())
        for name, value in attrs.items():
            if name in columns:
                setattr(row, name, value)
        try:
            row.validate_constraints()
        except ModelError as error:
            raise ValidationError(error.message_dict) from error
        return attrs

    def fixed(self) -> dict:
        """Values of a new row that the client does not choose."""
        return {}


class MoneyField(serializers.DecimalField):
    """An amount in whole units of its currency, as a string that keeps every digit."""

    def __init__(self, **options):
        super().__init__(max_digits=20, decimal_places=2, coerce_to_string=True, **options)


@extend_schema_field(str)
class CategoryField(serializers.RelatedField):
    """A category as `scheme/code`, such as `industrial-internet/security`."""

    default_error_messages = {"unknown": _("No category is called “{name}”.")}

    def __init__(self, **options):
        if not options.get("read_only"):
            options.setdefault("queryset", Category.objects.select_related("scheme"))
        super().__init__(**options)

    def to_internal_value(self, data):
        scheme, _slash, code = str(data).partition("/")
        try:
            return self.get_queryset().get(scheme__code=scheme, code=code)
        except Category.DoesNotExist:
            self.fail("unknown", name=data)

    def to_representation(self, value) -> str:
        return value.key


class PartialDateField(serializers.CharField):
    """A date as exactly as it is known: `2020-07-22`, `2020-07`, `2020-Q3` or `2020`."""

    default_error_messages = {
        "unreadable": _("Give a day, month, quarter or year: 2020-07-22, 2020-07, 2020-Q3, 2020.")
    }

    def to_internal_value(self, data) -> PartialDate:
        try:
            return parse_date(super().to_internal_value(data))
        except ValueError:
            self.fail("unreadable")

    def to_representation(self, value: PartialDate) -> str:
        return value.text


class AmountSerializer(serializers.Serializer):
    """An amount as exactly as it is known. An exact one needs only `low`; an undisclosed one needs nothing more.

    Instead of the object, the amount may be given as a text that is written as people write it, with its currency:
    `9.5亿元`, `数千万人民币`, `USD 1.5m`, `undisclosed`.
    """

    kind = serializers.ChoiceField(AmountKind.choices)
    low = MoneyField(required=False, allow_null=True, min_value=0)
    high = MoneyField(required=False, allow_null=True, min_value=0)
    currency = serializers.PrimaryKeyRelatedField(
        queryset=Currency.objects.all(), required=False, allow_null=True, pk_field=serializers.CharField()
    )
    text = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="In the source's words.")

    def run_validation(self, data=empty):
        return self._typed(data) if isinstance(data, str) else super().run_validation(data)

    def _typed(self, text: str) -> Amount:
        limit = self.fields["text"].max_length
        if not text.strip() or len(text) > limit:
            raise ValidationError(AMOUNT_ERRORS["unreadable"], "unreadable")
        try:
            amount = read_amount(text)
        except ModelError as error:
            raise ValidationError(error.messages, error.code) from error
        if amount.kind != AmountKind.UNDISCLOSED and not amount.currency:
            raise ValidationError(_("Name the currency with the amount: 1500万美元, USD 15m."), "currency")
        return amount

    def validate(self, attrs) -> Amount:
        kind, low, high = attrs["kind"], attrs.get("low"), attrs.get("high")
        currency = attrs.get("currency")
        if kind == AmountKind.EXACT and high is None:
            high = low
        fits = {
            AmountKind.EXACT: low is not None and low == high,
            AmountKind.AT_LEAST: low is not None and high is None,
            AmountKind.RANGE: low is not None and high is not None and low < high,
            AmountKind.UNDISCLOSED: low is None and high is None,
        }[kind]
        if not fits or (not currency and kind != AmountKind.UNDISCLOSED):
            raise ValidationError(_("Give an amount with its currency, or say that it is undisclosed."))
        return Amount(kind, low, high, currency.pk if currency else "", attrs.get("text", ""))

    def to_representation(self, value: Amount) -> dict:
        money = self.fields["low"].to_representation
        return {
            "kind": value.kind,
            "low": None if value.low is None else money(value.low),
            "high": None if value.high is None else money(value.high),
            "currency": value.currency or None,
            "text": value.text,
        }


class PartySerializer(serializers.Serializer):
    """A company or an institution where another record names it."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="In the reader's language.")


class RangeSerializer(serializers.Serializer):
    """A range of money whose ends may each be open, kept in three columns of its record."""

    def __init__(self, *args, low: str = "amount_low", high: str = "amount_high", **options):
        super().__init__(*args, source="*", **options)
        self.columns = {"low": low, "high": high}

    def get_fields(self):
        return {
            **{
                end: MoneyField(source=column, required=False, allow_null=True, min_value=0)
                for end, column in self.columns.items()
            },
            "currency": serializers.PrimaryKeyRelatedField(
                queryset=Currency.objects.all(), required=False, pk_field=serializers.CharField()
            ),
        }


class VisibleField(serializers.PrimaryKeyRelatedField):
    """The id of a record that the reader may see; all others do not exist."""

    def get_queryset(self):
        return super().get_queryset().visible_to(self.context["request"].user)


class KeywordsField(serializers.ListField):
    def __init__(self, **options):
        super().__init__(child=serializers.CharField(max_length=40), max_length=20, **options)


class ContactSerializer(serializers.Serializer):
    """How a company or an institution is reached, kept in three columns of its record."""

    name = serializers.CharField(source="contact_name", required=False, allow_blank=True, max_length=100)
    email = serializers.EmailField(source="contact_email", required=False, allow_blank=True, max_length=254)
    phone = serializers.CharField(source="contact_phone", required=False, allow_blank=True, max_length=40)

    def __init__(self, *args, **options):
        super().__init__(*args, source="*", **options)


class OwnViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.UpdateModelMixin, viewsets.GenericViewSet):
    """Rows that everybody reads who may see them, and that are changed by those whose they are."""

    # A whole replacement would wipe what the reader was not shown.
    http_method_names = ["get", "head", "options", "post", "patch"]

    def get_queryset(self):
        rows = super().get_queryset()
        user = self.request.user
        return self.with_all(rows.visible_to(user) if self.action in ("list", "retrieve") else rows.editable_by(user))

    def with_all(self, rows):
        """Add what the serializer reads."""
        return rows
