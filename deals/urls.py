from django.urls import path, re_path

from deals.views import deals, duplicates, figures, introductions, listings, queue, statistics

app_name = "deals"

urlpatterns = [
    path("introductions/", introductions.inbox, name="introductions"),
    path("introductions/new/", introductions.ask, name="introduction_ask"),
    path("introductions/<int:pk>/", introductions.introduction, name="introduction"),
    path("introductions/<int:pk>/accept/", introductions.accept, name="introduction_accept"),
    path("introductions/<int:pk>/decline/", introductions.decline, name="introduction_decline"),
    path("introductions/<int:pk>/withdraw/", introductions.withdraw, name="introduction_withdraw"),
    path("deals/", deals.deal_list, name="list"),
    re_path(r"^deals/list\.(?P<form>csv|xlsx)$", deals.list_file, name="list_file"),
    path("deals/new/", deals.record, name="record"),
    path("deals/queue/", queue.queue, name="queue"),
    path("deals/duplicates/", duplicates.queue, name="duplicates"),
    re_path(r"^deals/suggest/(?P<side>companies|investors)/$", deals.suggest, name="suggest"),
    path("deals/<int:pk>/", deals.detail, name="detail"),
    path("deals/<int:pk>/edit/", deals.edit, name="edit"),
    path("deals/<int:pk>/withdraw/", deals.withdraw, name="withdraw"),
    path("deals/<int:pk>/object/", deals.object_to, name="object"),
    path("deals/<int:pk>/confirm/", deals.confirm, name="confirm"),
    path("deals/<int:pk>/verify/", deals.verify, name="verify"),
    path("deals/<int:pk>/reject/", deals.reject, name="reject"),
    path("deals/<int:pk>/compare/<int:other>/", duplicates.compare, name="compare"),
    path("deals/<int:pk>/merge/<int:other>/", duplicates.merge, name="merge"),
    path("deals/<int:pk>/unmerge/", duplicates.unmerge, name="unmerge"),
    path("deals/<int:pk>/keep-apart/<int:other>/", duplicates.keep_apart, name="keep_apart"),
    path("deals/<int:pk>/keep-apart/<int:other>/undo/", duplicates.no_longer_apart, name="no_longer_apart"),
    path("listings/", listings.listing_list, name="listings"),
    path("listings/new/", listings.record, name="listing_record"),
    path("listings/<int:pk>/", listings.detail, name="listing"),
    path("listings/<int:pk>/edit/", listings.edit, name="listing_edit"),
    path("listings/<int:pk>/withdraw/", listings.withdraw, name="listing_withdraw"),
    path("listings/<int:pk>/verify/", listings.verify, name="listing_verify"),
    path("listings/<int:pk>/reject/", listings.reject, name="listing_reject"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/public/", figures.public_statistics, name="public_statistics"),
    path("statistics/study/", figures.study, name="study"),
    re_path(
        r"^statistics/(?P<code>venture|categories|regions|listings|investors|supply)/$", figures.topic, name="topic"
    ),
    re_path(
        r"^statistics/figures/(?P<code>[A-Z]\d+[a-z]?)\.(?P<form>csv|xlsx|json|svg|png)$",
        figures.figure_file,
        name="figure_file",
    ),
    re_path(r"^statistics/figures/(?P<code>[A-Z]\d+[a-z]?)/rows/$", figures.figure_rows, name="figure_rows"),
    re_path(
        r"^statistics/figures/(?P<code>[A-Z]\d+[a-z]?)/rows\.(?P<form>csv|xlsx)$",
        figures.figure_rows_file,
        name="figure_rows_file",
    ),
]
