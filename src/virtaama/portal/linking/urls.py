from django.urls import path

from virtaama.portal.linking import views

app_name = "linking"
urlpatterns = [
    path("", views.pairs, name="pairs"),
    path("<int:number>/", views.pair, name="pair"),
]
