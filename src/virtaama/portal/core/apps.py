from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CoreConfig(AppConfig):
    name = "virtaama.portal.core"
    label = "core"

    def ready(self) -> None:
        # Our models can be imported from here on.
        from virtaama.portal.core.sessions import begin

        user_logged_in.connect(begin, dispatch_uid="a session begins")
