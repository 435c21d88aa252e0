import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from accounts import outbox

URL = reverse("outbox")


@pytest.fixture
def mail(db, settings):
    settings.OUTBOX_PAGE = True
    message = EmailMultiAlternatives("主题 <b>", "See https://rongqiao.example/x?a=1 <script>", to=["a@example.com"])
    message.attach_alternative("<p onclick=alert(1)>html</p>", "text/html")
    get_connection("accounts.outbox.EmailBackend").send_messages([message])
    return outbox.latest()[0]


def test_the_newest_stand_in_the_list(client, mail):
    page = client.get(URL).text
    assert "主题 &lt;b&gt;" in page
    assert reverse("outbox_message", args=[mail.name]) in page


def test_a_message_is_shown_as_text_with_its_links(client, mail):
    page = client.get(reverse("outbox_message", args=[mail.name])).text
    assert '<a href="https://rongqiao.example/x?a=1"' in page
    assert "&lt;script&gt;" in page
    assert "onclick" not in page


@pytest.mark.parametrize("name", ["..%2Fsecret-key", "x.eml", "2020-01-01T00-00-00.000000-abcdefgh.eml"])
def test_an_unknown_name_is_not_found(client, mail, name):
    assert client.get(f"{URL}{name}/").status_code == 404


def test_where_mail_is_sent_there_is_no_outbox(client, mail, settings):
    settings.OUTBOX_PAGE = False
    assert client.get(URL).status_code == 404
    assert client.get(reverse("outbox_message", args=[mail.name])).status_code == 404
