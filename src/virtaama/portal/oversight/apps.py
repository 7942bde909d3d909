from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "virtaama.portal.oversight"
    label = "oversight"
