"""Import of a list of donneurs d'ordre: the same page as for companies, its own columns."""

from clauses.models import Buyer
from tests import uploads

URL = "/marches/donneurs-d-ordre/importer/"


def test_buyers_are_added_and_recognised(alice, world, ours):
    text = "Nom;Nature;SIRET;Heures dues\nOffice renommé;OPH;356 000 000 12305;12\nCité;commune;;\n"
    text = text.replace("OPH", "office public de l'habitat")
    answer = alice.post(URL, {"file": uploads.csv(text)})
    assert answer.context["plan"].ignored_columns == ["Heures dues"]
    assert "Heures dues" not in answer.context["columns"]
    assert alice.post(URL, {"rows": answer.context["packed"]})["Location"] == "/marches/donneurs-d-ordre/"
    names = ours(lambda: list(Buyer.objects.order_by("name").values_list("name", "kind")))
    assert names == [("Cité", "commune"), ("Office renommé", "oph")]
    assert ours(lambda: Buyer.objects.get(pk=world.ours.buyer.pk).name) == "Office renommé"
