from django.urls import path

from accounts import verification_views, viewing_views, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("home/", views.home, name="home"),
    path("settings/", views.edit_settings, name="settings"),
    path("settings/notifications/", views.edit_topics, name="edit_topics"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("language/", views.set_language, name="set_language"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/<int:pk>/", views.notification, name="notification"),
    path("claims/", views.claim_list, name="claims"),
    path("verifications/", verification_views.queue, name="verifications"),
    path("people/<int:pk>/view/", viewing_views.begin, name="view_as"),
    path("people/view/end/", viewing_views.end, name="view_end"),
    path("outbox/", views.outbox_list, name="outbox"),
    path("outbox/<str:name>/", views.outbox_message, name="outbox_message"),
]
