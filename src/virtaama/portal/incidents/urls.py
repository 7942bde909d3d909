from django.urls import path

from virtaama.portal.incidents import views

app_name = "incidents"
urlpatterns = [
    path("", views.register, name="register"),
    path("uusi/", views.new, name="new"),
    path("rivit.csv", views.export, name="export"),
    path("<int:number>/", views.one, name="one"),
]
