from django.apps import AppConfig


class ClausesConfig(AppConfig):
    name = "clauses"
    verbose_name = "clauses sociales"

    def ready(self) -> None:
        from clauses.services import decp_jobs
        from tenants.services.jobs import JobKind, register

        for name, label, run in (
            (decp_jobs.TRIAL, "Essai d'un fichier DECP", decp_jobs.run_trial),
            (decp_jobs.IMPORT, "Reprise d'un fichier DECP", decp_jobs.run_import),
        ):
            register(JobKind(name, label, "imports", run, decp_jobs.report_url, "Voir le rapport"))
