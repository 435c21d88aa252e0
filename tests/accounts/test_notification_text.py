import pytest
from django.template import Context, Template
from django.utils.translation import override

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


def test_who_verifies_is_not_asked_to_confirm(cast):
    def text(user) -> str:
        notification = Notification(user=user, kind="deal_recorded", values={"company": {"zh": "甲", "en": "A"}})
        with override("en"):
            return Template("{% load site %}{% notification_text notification %}").render(
                Context({"notification": notification})
            )

    assert "check and verify it" in text(cast.administrator)
    assert "check and confirm it" in text(cast.investor)
