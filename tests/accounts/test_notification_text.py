import pytest
from django.template import Context, Template

from accounts.models import Notification

pytestmark = pytest.mark.django_db


def test_the_markup_of_a_notification_is_kept_and_its_values_are_escaped(cast):
    names = {"zh": "<i>甲</i>", "en": "<i>A</i>"}
    notification = Notification(user=cast.founder, kind="deal_recorded", values={"company": names})
    text = Template("{% load site %}{% notification_text notification %}").render(
        Context({"notification": notification})
    )
    assert "<strong>" in text
    assert "<i>" not in text and "&lt;i&gt;" in text
