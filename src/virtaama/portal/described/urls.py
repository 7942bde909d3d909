from django.urls import path

from virtaama.portal.described import views

app_name = "described"
urlpatterns = [
    path("", views.sets, name="sets"),
    path("<int:number>/", views.one_set, name="set"),
    path("<int:number>/<path:place>", views.file, name="file"),
]
