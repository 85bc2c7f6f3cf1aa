"""Each rule of obligation finds its own parameters, and no lot without obligation carries any."""

from beneficiaries.portfolio.tables import Portfolio
from lib.obligation_rules import FORBIDDEN_WITH_NONE, REQUIRED, USELESS, Rule


def check_lots(portfolio: Portfolio) -> None:
    lots = portfolio["lots"]
    for position, code in lots.rows("rule"):
        if code is None:
            continue
        rule = Rule(code)
        for name in REQUIRED[rule]:
            if not lots.raw[name][position]:
                lots.error(position, name, f"valeur exigée par la règle {rule}. Remplissez-la, ou changez de règle.")
        for name in FORBIDDEN_WITH_NONE if rule is Rule.NONE else ():
            if lots.raw[name][position]:
                lots.error(position, name, f"valeur interdite avec la règle {rule}. Videz-la, ou changez de règle.")
        for name in USELESS[rule]:
            if lots.raw[name][position]:
                lots.warn(position, name, f"valeur sans emploi avec la règle {rule}, ignorée.")
