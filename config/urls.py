from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("tenants.urls")),
    path("", include("contractors.urls")),
    path("", include("clauses.urls")),
    path("", include("beneficiaries.urls")),
    path("", include("reporting.urls")),
]
