from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("companies/", include("companies.urls")),
    path("investors/", include("investors.urls")),
    path("", include("deals.urls")),
    path("matching/", include("matching.urls")),
    path("api/", include("config.api")),
    path("admin/", admin.site.urls),
]
