from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "virtaama.portal.steering"
    label = "steering"
