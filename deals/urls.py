from django.urls import path

from deals import views

app_name = "deals"

urlpatterns = [
    path("introductions/<int:pk>/", views.introduction, name="introduction"),
    path("deals/<int:pk>/", views.detail, name="detail"),
]
