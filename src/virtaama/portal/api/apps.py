from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "virtaama.portal.api"
    label = "api"
