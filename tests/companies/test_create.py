from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import Draft
from companies import creation
from companies.models import Company
from taxonomy.models import Category, Region
from tests.conftest import in_steps

URL = reverse("companies:create")


@pytest.fixture
def typed(cast):
    return {
        "short_zh": "海图视觉", "short_en": "Haitu Vision", "summary_zh": "面向电池产线的机器视觉检测",
        "region": Region.objects.get(code="CN-ZJ").pk, "city": "杭州", "founded": "2019-05",
        "primary": Category.objects.get(scheme__code="industrial-internet", code="devices-vision").pk,
        "keywords": "机器视觉、battery inspection， 缺陷检测, 机器视觉", "credit_code": "91330100MA2AXWQ0XF",
    }  # fmt: skip


@pytest.fixture
def post(client, cast):
    def send(data, user=None, **more):
        client.cookies["language"] = "en"
        client.force_login(user or cast.other_founder)
        return in_steps(client, URL, data | more)

    return send


def test_anonymous_people_log_in_first(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_from_form_to_raise(post, typed, cast):
    response = post(typed, further=[typed["primary"], cast.security.pk])
    company = Company.objects.get(short_en="Haitu Vision")
    assert response.url == reverse("companies:raise_create", args=[company.pk])
    assert [(role.user, role.role) for role in company.memberships.all()] == [(cast.other_founder, "owner")]
    assert (company.founded_on.isoformat(), company.founded_precision) == ("2019-05-01", "month")
    assert company.keywords == ["机器视觉", "battery inspection", "缺陷检测"]
    assert company.primary_category.pk == typed["primary"]
    assert company.further_categories == [cast.security]
    assert company in Company.objects.matching_words("battery 缺陷 检测")
    assert company.contact_email == ""


def test_what_is_needed_is_little(post, typed):
    least = {name: typed[name] for name in ("short_zh", "summary_zh", "region", "primary")}
    assert post(least).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"short_zh": "", "short_en": ""}, "short_zh"),
        ({"summary_zh": ""}, "summary_zh"),
        ({"primary": ""}, "primary"),
        ({"region": "0"}, "region"),
        ({"founded": "2013-02-30"}, "founded"),
        ({"founded": "1200"}, "founded"),
        ({"credit_code": "91330100MA2AXWQ0XY"}, "credit_code"),
        ({"short_zh": "长" * 101}, "short_zh"),
        ({"website": "not an address"}, "website"),
        ({"keywords": ",".join(str(number) for number in range(21))}, "keywords"),
        ({"keywords": "长" * 41}, "keywords"),
    ],
)
def test_an_error_keeps_what_was_typed(client, post, typed, wrong, field):
    before = Company.objects.count()
    kept = {"city": "Kept", "business_model": "Kept too"}
    response = post(typed, **kept | wrong)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert 'value="Kept"' in response.text or 'value="Kept too"' in response.text
    assert 'value="Kept"' in client.get(reverse("companies:create_step", args=["who"])).text
    assert Company.objects.count() == before


def test_a_credit_code_stands_once(post, typed, cast):
    Company.objects.filter(pk=cast.company.pk).update(credit_code=typed["credit_code"])
    assert "credit_code" in post(typed).context["form"].errors


def test_a_credit_code_that_comes_at_the_same_second(client, post, typed, cast, monkeypatch):
    make = creation.actions.create_company

    def late(*arguments):
        Company.objects.filter(pk=cast.company.pk).update(credit_code=typed["credit_code"])
        return make(*arguments)

    monkeypatch.setattr(creation.actions, "create_company", late)
    assert post(typed).url == reverse("companies:create_step", args=["who"])
    assert not Company.objects.filter(short_en="Haitu Vision").exists()
    assert Draft.objects.get().values["short_en"] == "Haitu Vision", "nothing that was typed is lost"
    page = client.get(URL, follow=True)
    assert "registered already" in page.text


def test_a_company_of_the_same_name_is_offered_first(post, typed, cast):
    typed["short_zh"] = cast.company.short_zh
    response = post(typed)
    assert cast.company.get_absolute_url() in response.text
    assert response.context["form"].duplicates == [cast.company]
    assert post(typed, is_another="on").status_code == 302


def test_who_finds_the_own_company_is_led_to_claim_it(post, typed, cast):
    typed["short_zh"] = cast.company.short_zh
    told = post(typed).text
    assert reverse("companies:claim", args=[cast.company.pk]) in told
    assert cast.administrator.email not in told


def test_the_answer_is_kept_through_another_error(post, typed, cast):
    typed["short_zh"] = cast.company.short_zh
    response = post(typed, is_another="on", founded="soon")
    assert '<input type="hidden" name="is_another" value="on">' in response.text


def test_a_spelling_counts_as_the_same_name(post, typed, cast):
    cast.company.aliases.create(name="HAITU-vision")
    assert post(typed).context["form"].duplicates == [cast.company]


def test_an_unpublished_company_is_not_given_away(post, typed, cast):
    Company.objects.filter(pk=cast.company.pk).update(is_published=False)
    typed["short_zh"] = cast.company.short_zh
    assert post(typed).status_code == 302


def picture(kind="PNG"):
    buffer = BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, kind)
    return buffer.getvalue()


def test_a_logo_is_kept(post, typed):
    assert post(typed, logo=SimpleUploadedFile("a.png", picture())).status_code == 302
    assert Company.objects.get(short_en="Haitu Vision").logo


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"<html><script>"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_what_is_no_picture_is_refused(post, typed, name, content):
    assert "logo" in post(typed, logo=SimpleUploadedFile(name, content)).context["form"].errors


def test_a_logo_of_thirty_megabytes_is_refused_and_the_rest_kept(post, typed):
    form = post(typed, logo=SimpleUploadedFile("a.png", picture() + bytes(30_000_000))).context["form"]
    assert form.errors.as_data()["logo"][0].code == "too_large"
    assert form.data["short_en"] == typed["short_en"]


def test_names_of_any_script(post, typed):
    assert post(typed, short_zh="", short_en="‏שלום 🚀 <b>").status_code == 302
    company = Company.objects.get(short_en="‏שלום 🚀 <b>")
    assert company.memberships.exists()


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"founded": "2099"}, "founded", "The founding lies in the future."),
        ({"contact_phone": "abc"}, "contact_phone", "This is not a telephone number."),
        ({"contact_phone": "12"}, "contact_phone", "This is not a telephone number."),
    ],
)
def test_what_cannot_be_is_refused(post, typed, wrong, field, said):
    assert said in str(post(typed, **wrong).context["form"].errors[field])


@pytest.mark.parametrize(
    "phone", ["025-5555 0101", "+86 (21) 5555.0101 ext. 12", "021-55550101转8", "13912345678", "（021）55550101"]
)
def test_telephone_numbers_as_people_write_them(post, typed, phone):
    assert post(typed, contact_phone=phone).status_code == 302
    assert Company.objects.get(short_en="Haitu Vision").contact_phone == phone


def test_a_web_address_is_completed(client, post, typed, cast):
    assert post(typed, website="www.haitu.example/en").status_code == 302
    assert Company.objects.get(short_en="Haitu Vision").website == "https://www.haitu.example/en"
    # A browser would refuse it in a field of type url.
    assert 'type="url"' not in client.get(URL).text


def test_a_name_that_is_too_long_was_given(post, typed):
    only = {"short_zh": "", "short_en": "x" * 300, "name_zh": "", "name_en": ""}
    errors = post(typed, **only).context["form"].errors
    assert "short_en" in errors and "short_zh" not in errors


def test_a_length_is_named_in_plain_chinese(client, post, typed):
    client.force_login(post(typed, short_en="x" * 300).wsgi_request.user)
    client.cookies["language"] = "zh-hans"
    page = client.post(URL, typed | {"short_en": "x" * 300}).text
    assert "请不要超过" in page and "变量" not in page
