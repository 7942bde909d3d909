from django.urls import path, re_path

from virtaama.portal.funding import views

app_name = "funding"
urlpatterns = [
    path("", views.overview, name="overview"),
    re_path(r"^luvut\.(?P<kind>csv|xlsx)$", views.overview_export, name="overview_export"),
    path("entapa/", views.what_if, name="what_if"),
    re_path(r"^entapa/vertailu\.(?P<kind>csv|xlsx)$", views.what_if_export, name="what_if_export"),
    path("polku/", views.path, name="path"),
    re_path(r"^polku/vuodet\.(?P<kind>csv|xlsx)$", views.path_export, name="path_export"),
]
