from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "virtaama.portal.incidents"
    label = "incidents"
