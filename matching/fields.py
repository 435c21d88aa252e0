"""Fields of this app's models."""

import base64

from django.db import models

from matching.packing import Items


class ItemsField(models.BinaryField):
    """The items of a list, packed: `matching.packing.Items`. May be set to a list of dicts as well."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else Items.from_bytes(value)

    def get_prep_value(self, value):
        if isinstance(value, list):
            value = Items.of_dicts(value)
        return super().get_prep_value(value.to_bytes() if isinstance(value, Items) else value)

    def value_to_string(self, obj):
        return base64.b64encode(self.get_prep_value(self.value_from_object(obj))).decode("ascii")
