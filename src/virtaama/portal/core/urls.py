from django.urls import path

from virtaama.portal.core import views

app_name = "core"
urlpatterns = [
    path("", views.start, name="start"),
    path("ulos/", views.sign_out, name="sign_out"),
    path("kieli/", views.choose_language, name="language"),
    path("varit/", views.choose_colours, name="colours"),
    path("ohje/", views.help_page, name="help"),
    path("saavutettavuus/", views.accessibility, name="accessibility"),
]
