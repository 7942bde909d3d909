from django.urls import path

from virtaama.portal.api import views
from virtaama.portal.api.operations import OPERATIONS

app_name = "api"
urlpatterns = [
    path("rajapinta/", views.guide, name="guide"),
    path("api/v1/openapi.json", views.schema, name="schema"),
    *(
        path(
            f"api/v1{operation.path.replace('{', '<str:').replace('}', '>')}",
            views.view_of(operation),
            name=operation.id,
        )
        for operation in OPERATIONS
    ),
    path("api/", views.nothing_here, name="no_operation"),
    path("api/<path:nothing>", views.nothing_here, name="nothing_here"),
]
