from django.urls import path

from accounts.team_views import TeamPages
from accounts.verification_views import VerificationPages
from companies import creation, views
from companies.models import Claim, Company, Invitation, Membership, Verification

app_name = "companies"

urlpatterns = [
    path("", views.company_list, name="list"),
    *creation.PAGES.urls,
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/logo/", views.logo, name="logo"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/raises/new/", views.raise_create, name="raise_create"),
    path("raises/<int:pk>/edit/", views.raise_edit, name="raise_edit"),
    path("raises/<int:pk>/end/", views.raise_end, name="raise_end"),
    *TeamPages(app_name, Company, Membership, Invitation, Claim).urls,
    *VerificationPages(app_name, Company, Verification).urls,
]
