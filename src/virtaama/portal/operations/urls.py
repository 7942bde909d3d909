from django.urls import path, re_path

from virtaama.portal.operations import quality_views, views

app_name = "operations"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("erat/", views.batches, name="batches"),
    path("laatu/", views.quality, name="quality"),
    path("odotukset/", quality_views.expectations, name="expectations"),
    path("odotukset/<str:id>/", quality_views.expectation, name="expectation"),
    path("kirjaaminen/", quality_views.recording, name="recording"),
    re_path(
        r"^kirjaaminen/rivit\.(?P<kind>csv|xlsx)$", quality_views.recording_export, name="recording_export"
    ),
]
