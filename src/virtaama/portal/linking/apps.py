from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "virtaama.portal.linking"
    label = "linking"
