from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "structures"

    def ready(self) -> None:
        from tenants.walls.build import build_walls

        # The one signal of the project: walls are built when every table exists, from the registry of models.
        post_migrate.connect(build_walls, sender=self)
