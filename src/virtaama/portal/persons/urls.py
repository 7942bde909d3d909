from django.urls import path

from virtaama.portal.persons import views

app_name = "persons"
urlpatterns = [path("", views.look_up, name="look_up")]
