from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "virtaama.portal.funding"
    label = "funding"
