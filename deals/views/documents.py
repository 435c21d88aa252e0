"""The documents of a raise: adding, opening, letting in, the log."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import uploads
from accounts.errors import ActionError
from accounts.models import Notification
from companies.models import Company, Raise
from deals import documents
from deals.forms import DocumentForm, EditDocumentForm, LetInForm
from deals.models import Access, Document, Opening

PAGE_SIZE = 50


@login_required
def add(request, pk: int):
    raise_ = get_object_or_404(Raise.objects.editable_by(request.user).open().select_related("company"), pk=pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            document = documents.add(request.user, raise_, **form.cleaned_data)
        except ActionError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("“%(title)s” is stored.") % {"title": document.title})
            return redirect(f"{raise_.company.get_absolute_url()}#documents")
    return render(request, "deals/document_form.html", {"form": form, "company": raise_.company, "raise": raise_})


def _editable(user, pk: int) -> Document:
    kept = Document.objects.kept().select_related("raise_shown__company", "raise_shown__round")
    return get_object_or_404(kept.filter(raise_shown__in=Raise.objects.editable_by(user)), pk=pk)


@login_required
def edit(request, pk: int):
    document = _editable(request.user, pk)
    form = EditDocumentForm(request.POST or None, instance=document)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("“%(title)s” is saved.") % {"title": document.title})
        return redirect(document)
    context = {"form": form, "company": document.company, "raise": document.raise_shown, "document": document}
    return render(request, "deals/document_form.html", context)


@login_required
@require_POST
def remove(request, pk: int):
    document = _editable(request.user, pk)
    try:
        documents.remove(request.user, document)
    except ActionError as refusal:
        messages.info(request, refusal.messages[0])
    else:
        messages.success(request, _("“%(title)s” is removed: nobody can open it any more.") % {"title": document.title})
    return redirect(f"{document.company.get_absolute_url()}#documents")


def _readable(user, pk: int) -> Document:
    """A document whose company the reader sees; whether it opens is another question."""
    kept = Document.objects.kept().select_related("raise_shown__company")
    return get_object_or_404(kept.filter(raise_shown__company__in=Company.objects.visible_to(user)), pk=pk)


@require_safe
@login_required
def download(request, pk: int):
    document = _readable(request.user, pk)
    if request.method == "HEAD":
        raise Http404
    if documents.was_closed_to(request.user, document):
        messages.warning(request, _("“%(title)s” is no longer open to you.") % {"title": document.title})
        return redirect(f"{document.company.get_absolute_url()}#documents")
    return uploads.download(documents.open_for(request.user, document), document.name)


@login_required
@require_POST
def ask(request, pk: int):
    document = _readable(request.user, pk)
    try:
        documents.ask(request.user, document)
    except ActionError as refusal:
        messages.info(request, refusal.messages[0])
    else:
        messages.success(request, _("%(name)s is asked to let you in.") % {"name": document.company.name})
    return redirect(f"{document.company.get_absolute_url()}#documents")


@require_safe
@login_required
def log(request, pk: int):
    Notification.objects.seen(request.user, request.path)
    return _log(request, _own(request.user, pk))


def _own(user, pk: int) -> Document:
    kept = Document.objects.kept().select_related("raise_shown__company", "raise_shown__round")
    own = Company.objects.all() if user.is_administrator else Company.objects.of(user)
    return get_object_or_404(kept.filter(raise_shown__company__in=own), pk=pk)


def _log(request, document: Document, form=None):
    openings = Opening.objects.filter(document=document).select_related("user", "investor")
    page = Paginator(openings, PAGE_SIZE).get_page(request.GET.get("page"))
    may_edit = document.company.is_edited_by(request.user)
    return render(
        request,
        "deals/document_log.html",
        {
            "document": document,
            "page": page,
            "accesses": document.accesses.select_related("investor", "asked_by"),
            "may_edit": may_edit,
            "form": form or LetInForm(document=document),
        },
    )


@login_required
@require_POST
def let_in(request, pk: int):
    document = _own(request.user, pk)
    if not document.company.is_edited_by(request.user):
        raise PermissionDenied(_("Only owners and editors of a company manage its documents."))
    form = LetInForm(request.POST, document=document)
    if not form.is_valid():
        return _log(request, document, form)
    access = documents.let_in(request.user, document, form.cleaned_data["investor"])
    messages.success(request, _("%(name)s may open it from now on.") % {"name": access.investor.name})
    return redirect(document)


@login_required
@require_POST
def shut_out(request, pk: int):
    access = get_object_or_404(Access.objects.select_related("investor", "document__raise_shown__company"), pk=pk)
    document = _own(request.user, access.document_id)
    documents.shut_out(request.user, access)
    messages.success(request, _("%(name)s cannot open it.") % {"name": access.investor.name})
    return redirect(document)
