from datetime import date

from django.urls import URLPattern, URLResolver, path, register_converter

from lib.dates import month_key, parse_month
from reporting.enums import BilanState, Collected
from reporting.views import bilan, buyer, figures, home, lot_progress, month, search

app_name = "reporting"


class _CodeConverter:
    """A code of ours, as it stands in the address."""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class BilanStateConverter(_CodeConverter):
    regex = "|".join(BilanState.values)


class CollectedConverter(_CodeConverter):
    regex = "|".join(Collected.values)


class MonthConverter:
    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return parse_month(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else month_key(value)


register_converter(BilanStateConverter, "bilan_state")
register_converter(MonthConverter, "month")
register_converter(CollectedConverter, "collected")

urlpatterns: list[URLPattern | URLResolver] = [
    path("accueil/", home.home_page, name="home"),
    path("accueil/mois/<month:month>/<collected:collected>/", month.month_lots, name="month_lots"),
    path("recherche/", search.search_page, name="search"),
    path("chiffres/", figures.figures_page, name="figures"),
    path("chiffres/taux/", figures.figures_rates, name="figures_rates"),
    path("chiffres/annees/", figures.figures_years, name="figures_years"),
    path("lots/<int:pk>/avancement/", lot_progress.lot_progress, name="lot_progress"),
    path("bilans/", bilan.bilan_list, name="bilan_list"),
    path("bilans/nouveau/", bilan.bilan_create, name="bilan_create"),
    path("bilans/<int:pk>/", bilan.bilan_page, name="bilan_page"),
    path("bilans/<int:pk>/apercu/", bilan.bilan_preview, name="bilan_preview"),
    path("bilans/<int:pk>/etat/<bilan_state:state>/", bilan.bilan_state, name="bilan_state"),
    path("bilans/<int:pk>/supprimer/", bilan.bilan_delete, name="bilan_delete"),
    path("bilans/<int:pk>/historique/", bilan.bilan_history, name="bilan_history"),
    path("bailleur/", buyer.dashboard, name="buyer_dashboard"),
    path("bailleur/marches/", buyer.contract_list, name="buyer_contracts"),
    path("bailleur/marches/<int:pk>/", buyer.contract_page, name="buyer_contract"),
    path("bailleur/bilans/", buyer.bilan_list, name="buyer_bilans"),
]
