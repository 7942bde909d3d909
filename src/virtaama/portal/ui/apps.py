from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "virtaama.portal.ui"
    label = "ui"
