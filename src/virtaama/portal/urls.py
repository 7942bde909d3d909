"""Addresses of the portal, in Finnish: they are part of what people see and share."""

from django.urls import include, path

urlpatterns = [
    path("", include("virtaama.portal.core.urls")),
    path("", include("virtaama.portal.api.urls")),
    path("ohjaus/", include("virtaama.portal.steering.urls")),
    path("rahoitus/", include("virtaama.portal.funding.urls")),
    path("henkilo/", include("virtaama.portal.persons.urls")),
    path("loki/", include("virtaama.portal.oversight.urls")),
    path("yhdistaminen/", include("virtaama.portal.linking.urls")),
    path("kuvaukset/", include("virtaama.portal.described.urls")),
    path("poikkeamat/", include("virtaama.portal.incidents.urls")),
    path("toiminta/", include("virtaama.portal.operations.urls")),
]
handler403 = "virtaama.portal.ui.views.forbidden"
handler404 = "virtaama.portal.ui.views.not_found"
handler500 = "virtaama.portal.ui.views.server_error"
