from django.urls import path

from virtaama.portal.core import views
from virtaama.portal.core.sign_in import views as sign_in
from virtaama.portal.core.sign_in.saml import views as saml

app_name = "core"
urlpatterns = [
    path("", views.start, name="start"),
    path("ulos/", views.sign_out, name="sign_out"),
    path("istunnot/", views.sessions, name="sessions"),
    path("kirjaudu/", sign_in.go, name="go_to_provider"),
    path("kirjaudu/paluu/", sign_in.come_back, name="come_back"),
    path("kirjaudu/avaimet.json", sign_in.keys, name="keys"),
    path("kirjaudu/ulos/", sign_in.end, name="end"),
    path("kirjaudu/saml/", saml.answer, name="saml_answer"),
    path("kirjaudu/saml/jatko/", saml.go_on, name="saml_go_on"),
    path("kirjaudu/saml/ulos/", saml.sign_out, name="saml_sign_out"),
    path("kirjaudu/saml/tiedot.xml", saml.metadata, name="saml_metadata"),
    path("kieli/", views.choose_language, name="language"),
    path("varit/", views.choose_colours, name="colours"),
    path("ohje/", views.help_page, name="help"),
    path("saavutettavuus/", views.accessibility, name="accessibility"),
]
