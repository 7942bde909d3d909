from django.urls import path

from virtaama.portal.oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.log, name="log"),
    path("henkilo/", views.person, name="person"),
    path("rivit.csv", views.export, name="export"),
    path("poikkeavat/", views.stands_out, name="stands_out"),
    path("<int:number>/", views.entry, name="entry"),
]
