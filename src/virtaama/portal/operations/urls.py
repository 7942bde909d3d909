from django.urls import path

from virtaama.portal.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("erat/", views.batches, name="batches"),
    path("laatu/", views.quality, name="quality"),
]
