from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "virtaama.portal.core"
    label = "core"
