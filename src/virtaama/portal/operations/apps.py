from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "virtaama.portal.operations"
    label = "operations"
