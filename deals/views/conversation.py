"""The thread of an introduction: writing, and the files that came with a message."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import uploads
from accounts.errors import ActionError
from deals import conversation
from deals.forms import MessageForm
from deals.models import Attachment, Introduction
from deals.views import introductions


@login_required
@require_POST
def post(request, pk: int):
    row = get_object_or_404(Introduction.objects.visible_to(request.user).for_list(), pk=pk)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            conversation.post(request.user, row, data["text"], data["files"], data["key"])
        except ActionError as refusal:
            form.add_error(refusal.field or None, refusal)
        else:
            messages.success(request, _("Your message is sent."))
            return redirect(f"{row.get_absolute_url()}#thread")
    return introductions.page(request, row, status=400, message_form=form)


@require_safe
@login_required
def attachment(request, pk: int):
    found = get_object_or_404(Attachment.objects.select_related("message__introduction"), pk=pk)
    if not Introduction.objects.visible_to(request.user).filter(pk=found.message.introduction_id).exists():
        raise Http404
    return uploads.download(found.file, found.name)
