from django.urls import path

from matching import views

app_name = "matching"

urlpatterns = [
    path("companies/<int:pk>/", views.for_company, name="for_company"),
    path("investors/<int:pk>/", views.for_investor, name="for_investor"),
    path("categories/", views.suggest_categories, name="suggest_categories"),
    path("feedback/", views.feedback, name="feedback"),
    path("runs/", views.run_list, name="runs"),
    path("runs/<int:pk>/", views.run_detail, name="run"),
]
