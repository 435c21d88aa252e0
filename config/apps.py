from django.contrib.admin.apps import AdminConfig as StockAdminConfig


class AdminConfig(StockAdminConfig):
    """The stock admin in the site's look."""

    default_site = "config.admin.AdminSite"
