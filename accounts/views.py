"""The pages of one's own account, and the two front doors: landing and home."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts import claims, mail, outbox, second_factor
from accounts.forms import SettingsForm
from accounts.models import MAIL, SITE, Notification, Topic, User


@require_safe
def landing(request):
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "accounts/landing.html")


@require_safe
@login_required
def home(request):
    return render(request, "accounts/home.html", {"news": Notification.objects.of(request.user)[:5]})


def local_path(request, fallback: str) -> str:
    """Return where the reader came from, if that is a page of this site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return fallback


def remember_language(response, language: str):
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SECURE,
    )
    return response


@require_POST
def set_language(request):
    language = request.POST.get("language", "")
    response = redirect(local_path(request, "/"))
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        remember_language(response, language)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@login_required
def edit_settings(request):
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        translation.activate(user.language)
        messages.success(request, _("Your settings are saved."))
        return remember_language(redirect("settings"), user.language)
    context = {"form": form, "topics": _topics(request.user), "security": second_factor.overview(request.user)}
    return render(request, "accounts/settings.html", context)


def _topics(user) -> list[dict]:
    """The topics that can reach this person, with how each is told."""
    for_administrators = {Topic.CONDUCT, Topic.RUNS}
    return [
        {"code": topic.value, "label": topic.label, "ways": [(way, user.wants(topic, way)) for way in ways]}
        for topic in Topic
        if user.is_administrator or topic not in for_administrators
        for ways in [(MAIL,) if topic == Topic.DIGEST else (SITE,) if topic == Topic.RUNS else (SITE, MAIL)]
    ]


@login_required
@require_POST
def edit_topics(request):
    wanted = set(request.POST.getlist("wanted"))
    known = [f"{way}:{topic['code']}" for topic in _topics(request.user) for way, _wants in topic["ways"]]
    kept = [entry for entry in request.user.muted if entry not in known]
    request.user.muted = [*kept, *(entry for entry in known if entry not in wanted)]
    request.user.save(update_fields=["muted"])
    messages.success(request, _("Your settings are saved."))
    return redirect("settings")


@csrf_exempt
def unsubscribe(request, token: str):
    """End, or take up again, the mail on one topic. A mail program may post here without opening the page (RFC 8058)."""
    found = mail.unsubscribed(token)
    if not found:
        raise Http404
    person, topic = found
    if request.method == "POST":
        person.mute(topic, MAIL, "again" not in request.POST)
    context = {"topic": Topic(topic).label, "wanted": person.wants(topic, MAIL), "address": person.email}
    return render(request, "accounts/unsubscribe.html", context)


@login_required
def notifications(request):
    mine = Notification.objects.of(request.user)
    if request.method == "POST":
        mine.unread().update(read_at=timezone.now())
        return redirect("notifications")
    page = Paginator(mine, 30).get_page(request.GET.get("page"))
    return render(request, "accounts/notifications.html", {"page": page})


@require_safe
@login_required
def notification(request, pk: int):
    """Go to what a notification is about; it counts as read from then on."""
    told = get_object_or_404(Notification.objects.of(request.user), pk=pk)
    Notification.objects.filter(pk=told.pk, read_at=None).update(read_at=timezone.now())
    return redirect(told.path if told.path.startswith("/") and not told.path.startswith("//") else "notifications")


@require_safe
@login_required
def claim_list(request):
    """The claims that wait for an administrator."""
    if not request.user.is_administrator:
        raise PermissionDenied(_("Only owners and administrators decide on a claim."))
    rows = [
        {"claim": row, "decide": reverse(f"{row._meta.app_label}:claim_decide", args=[row.pk])}
        for row in claims.waiting()
    ]
    return render(request, "accounts/claims.html", {"rows": rows})


@require_safe
def outbox_list(request):
    if not settings.OUTBOX_PAGE:
        raise Http404
    return render(request, "accounts/outbox.html", {"mails": outbox.latest()})


@require_safe
def outbox_message(request, name: str):
    message = outbox.get(name) if settings.OUTBOX_PAGE else None
    if message is None:
        raise Http404
    return render(request, "accounts/outbox_message.html", {"mail": message})
