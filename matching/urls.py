from django.urls import path

from matching import alike_views, pair_views, run_views, views

app_name = "matching"

urlpatterns = [
    path("companies/<int:pk>/", views.for_company, name="for_company"),
    path("investors/<int:pk>/", views.for_investor, name="for_investor"),
    path("companies/<int:pk>/investors/", pair_views.look_up_investor, name="look_up_investor"),
    path("companies/<int:pk>/investors/<int:investor>/", pair_views.investor_for_company, name="investor_for_company"),
    path("companies/<int:pk>/pass/<int:investor>/", pair_views.pass_on_investor, name="pass_on_investor"),
    path("investors/<int:pk>/pass/<int:company>/", pair_views.pass_on_company, name="pass_on_company"),
    path("investors/<int:pk>/compare/", pair_views.compare_companies, name="compare_companies"),
    path("companies/<int:pk>/compare/", pair_views.compare, name="compare"),
    path("companies/<int:pk>/advice/", pair_views.advice_for_company, name="advice_for_company"),
    path("investors/<int:pk>/companies/", pair_views.look_up_company, name="look_up_company"),
    path("investors/<int:pk>/companies/<int:company>/", pair_views.company_for_investor, name="company_for_investor"),
    path("investors/<int:pk>/advice/", pair_views.advice_for_investor, name="advice_for_investor"),
    path("companies/<int:pk>/alike/", alike_views.companies_like, name="companies_like"),
    path("investors/<int:pk>/alike/", alike_views.investors_like, name="investors_like"),
    path("categories/", views.suggest_categories, name="suggest_categories"),
    path("feedback/", views.feedback, name="feedback"),
    path("feedback/note/", views.note, name="note"),
    path("attention/", run_views.attention, name="attention"),
    path("runs/", run_views.run_list, name="runs"),
    path("runs/compare/", run_views.run_compare, name="run_compare"),
    path("runs/<int:pk>/", run_views.run_detail, name="run"),
    path("runs/<int:pk>/publish/", run_views.run_publish, name="run_publish"),
    path("runs/<int:pk>/discard/", run_views.run_discard, name="run_discard"),
    path("runs/<int:pk>/roll-back/", run_views.run_roll_back, name="run_roll_back"),
]
