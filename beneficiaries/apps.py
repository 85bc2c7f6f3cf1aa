from django.apps import AppConfig


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = "bénéficiaires"

    def ready(self) -> None:
        from beneficiaries.services import portfolio
        from tenants.services.jobs import JobKind, register

        for name, label, run in (
            (portfolio.CHECK, "Essai d'un portefeuille", portfolio.run_check),
            (portfolio.IMPORT, "Import d'un portefeuille", portfolio.run_import),
            (portfolio.EXPORT, "Export du portefeuille", portfolio.run_export),
        ):
            register(JobKind(name, label, "imports", run, portfolio.report_url))
