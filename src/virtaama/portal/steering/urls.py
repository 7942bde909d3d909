from django.urls import path, re_path

from virtaama.portal.steering import catalogue_views, views

app_name = "steering"
urlpatterns = [
    path("", views.overview, name="overview"),
    re_path(r"^luvut\.(?P<kind>csv|xlsx)$", views.overview_export, name="overview_export"),
    path("mittarit/", catalogue_views.catalogue, name="catalogue"),
    re_path(r"^mittarit\.(?P<kind>csv|xlsx)$", catalogue_views.catalogue_export, name="catalogue_export"),
    path("mittarit/<slug:name>/", views.metric, name="metric"),
    path("mittarit/<slug:name>/alkupera/", views.lineage, name="lineage"),
    re_path(
        r"^mittarit/(?P<name>[-\w]+)/(?P<part>trend|areas|breakdown)\.(?P<kind>csv|xlsx)$",
        views.metric_export,
        name="metric_export",
    ),
]
