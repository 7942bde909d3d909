from django.apps import AppConfig


class DescribedConfig(AppConfig):
    name = "virtaama.portal.described"
    label = "described"
