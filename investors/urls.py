from django.urls import path

from accounts.team_views import TeamPages
from accounts.verification_views import VerificationPages
from investors import creation, views
from investors.models import Claim, Investor, Invitation, Membership, Verification

app_name = "investors"

urlpatterns = [
    path("", views.investor_list, name="list"),
    *creation.PAGES.urls,
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/theses/new/", views.thesis_create, name="thesis_create"),
    path("theses/<int:pk>/edit/", views.thesis_edit, name="thesis_edit"),
    path("theses/<int:pk>/delete/", views.thesis_delete, name="thesis_delete"),
    *TeamPages(app_name, Investor, Membership, Invitation, Claim).urls,
    *VerificationPages(app_name, Investor, Verification).urls,
]
