from typing import Any

from django import forms

from clauses.enums import LinkState
from clauses.models import Buyer, BuyerLink
from tenants.forms.long_select import LongSelect


class BuyerLinkForm(forms.Form):
    buyer = forms.ModelChoiceField(
        None,
        label="donneur d'ordre",
        empty_label="Choisir un donneur d'ordre",
        help_text="Seuls ceux qui n'ont pas encore de lien sont proposés.",
        widget=LongSelect,
    )
    code = forms.CharField(
        label="code de rattachement",
        max_length=40,
        help_text="Douze signes que le donneur d'ordre lit sur la page de son compte et vous donne.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked = BuyerLink.objects.exclude(state=LinkState.ENDED).values("buyer_id")
        buyer = self.fields["buyer"]
        assert isinstance(buyer, forms.ModelChoiceField)
        buyer.queryset = Buyer.objects.filter(archived_at=None).exclude(pk__in=linked)
