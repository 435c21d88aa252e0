"""A passkey is added on a device that can hold one, and logs in from then on without the password."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A telephone that knows its owner's finger.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_logs_in(visit, cast):
    visitor = visit(cast.founder)
    page = visitor.page
    device = visitor.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    visitor.open("/accounts/2fa/webauthn/add/")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.locator("#id_name").fill("办公室的电脑")
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator(".codes li")).to_have_count(10)
    key = Authenticator.objects.get(user=cast.founder, type="webauthn")
    assert str(key) == "办公室的电脑" and key.wrap().is_passwordless
    # The same device holds one already: the page says so instead of doing nothing.
    visitor.open("/accounts/2fa/webauthn/add/")
    expect(page.locator("[data-passkey-error]")).to_be_hidden()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("[data-passkey-error]")).to_be_visible()
    visitor.context.clear_cookies(name="sessionid")
    visitor.open("/accounts/login/?next=/settings/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/settings/")
    expect(page.locator("#security")).to_contain_text("1 个通行密钥")
    # After the password the same key is the second step.
    visitor.context.clear_cookies(name="sessionid")
    visitor.open("/accounts/login/")
    page.locator("#id_login").fill(cast.founder.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/home/")
