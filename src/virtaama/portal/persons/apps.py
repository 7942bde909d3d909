from django.apps import AppConfig


class PersonsConfig(AppConfig):
    name = "virtaama.portal.persons"
    label = "persons"
