"""The router of the REST API; what it serves is in the apps' `api.py`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts import team_api as teams
from companies import api as companies
from companies.models import Company
from deals import api as deals
from deals import conduct_api as conduct
from deals import conversation_api as conversation
from deals import figure_api as figures
from deals import listing_api as listings
from deals import pipeline_api as pipeline
from deals import search_api as searches
from investors import api as investors
from investors.models import Investor
from matching import api as matching
from matching import pair_api as pairs
from taxonomy import api as taxonomy

router = SimpleRouter()
router.register("schemes", taxonomy.SchemeViewSet)
router.register("categories", taxonomy.CategoryViewSet)
router.register("regions", taxonomy.RegionViewSet)
router.register("rounds", taxonomy.RoundViewSet)
router.register("boards", taxonomy.BoardViewSet)
router.register("currencies", taxonomy.CurrencyViewSet)
router.register("companies", companies.CompanyViewSet)
router.register("raises", companies.RaiseViewSet)
router.register("investors", investors.InvestorViewSet)
router.register("theses", investors.ThesisViewSet)
router.register("introductions", deals.IntroductionViewSet)
router.register("deals", deals.DealViewSet)
router.register("listings", listings.ListingViewSet)
router.register("pipeline", pipeline.PipelineViewSet)
router.register("searches", searches.SearchViewSet)
router.register("blocks", conduct.BlockViewSet)
router.register("reports", conduct.ReportViewSet)
router.register("figures", figures.FigureViewSet, "figure")

app_name = "api"
urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/companies/<int:pk>/recommendations/", matching.ForCompanyView.as_view(), name="for_company"),
    path("v1/investors/<int:pk>/recommendations/", matching.ForInvestorView.as_view(), name="for_investor"),
    path(
        "v1/companies/<int:pk>/matches/<int:target>/",
        pairs.InvestorForCompanyView.as_view(),
        name="investor_for_company",
    ),
    path(
        "v1/investors/<int:pk>/matches/<int:target>/",
        pairs.CompanyForInvestorView.as_view(),
        name="company_for_investor",
    ),
    path("v1/introductions/<int:pk>/messages/", conversation.MessagesView.as_view(), name="messages"),
    path("v1/attachments/<int:pk>/", conversation.AttachmentView.as_view(), name="attachment"),
    path("v1/raises/<int:pk>/documents/", conversation.DocumentsView.as_view(), name="documents"),
    path("v1/documents/<int:pk>/file/", conversation.DocumentFileView.as_view(), name="document-file"),
    path("v1/documents/<int:pk>/ask/", conversation.DocumentAskView.as_view(), name="document-ask"),
    path("v1/claims/", teams.OwnClaimsView.as_view(), name="claims"),
    *teams.addresses("v1/companies", Company),
    *teams.addresses("v1/investors", Investor),
    path("v1/feedback/", matching.FeedbackView.as_view(), name="feedback"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html"),
        name="docs",
    ),
]
