from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "suivi et bilans"

    def ready(self) -> None:
        from reporting.services import bilans
        from tenants.services.jobs import JobKind, register

        register(JobKind(bilans.JOB_KIND, "Bilan", "reports", bilans.make_files))
