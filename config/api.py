"""The router of the REST API; what it serves is in the apps' `api.py`."""

from rest_framework.routers import DefaultRouter

router = DefaultRouter()
urlpatterns = router.urls
