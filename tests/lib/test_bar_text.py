from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from lib.bar_text import STATUS_LABELS, bar_words, lot_sentence, people_fr
from lib.progress_rules import LotStatus, ProgressFigures, compute_progress
from tests.lib.strategies import DATES, facts

D = Decimal
TODAY = date(2026, 10, 20)
# The example of the screens: the figures of a lot as they are shown.
LATE = ProgressFigures(
    due=D(833),
    validated=D("612.5"),
    declared=D("612.5"),
    remaining=D("220.5"),
    expected=D("690.27"),
    reference_date=date(2026, 9, 30),
    status=LotStatus.A_SURVEILLER,
    starts_on=date(2025, 3, 1),
    ends_on=date(2027, 6, 30),
    pace_per_week=D("3.3"),
    forecast=D("741.2"),
    weekly_needed=D("14.00"),
    last_possible=date(2027, 5, 3),
)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def words(**changes):
    return plain(bar_words(replace(LATE, **changes)))


def sentence(today=TODAY, **changes):
    return plain(lot_sentence(replace(LATE, **changes), today))


def test_words_of_the_screens():
    assert words() == "612,5 h validées sur 833 h (73,5 %) · attendu fin septembre 690 h · reste 220,5 h"


def test_sentence_of_the_screens():
    assert sentence() == (
        "Au rythme des trois derniers mois, le lot finira à 741 h sur 833 h (89 %). "
        "Pour tenir, il faut 14 h par semaine jusqu'au 30 juin 2027, soit 0,4 ETP. "
        "Dernier jour pour y parvenir avec deux personnes à temps plein : 3 mai 2027."
    )


def test_spaces_before_units_do_not_break():
    assert "612,5\u202fh" in bar_words(LATE)
    assert "(73,5\u202f%)" in bar_words(LATE)
    assert "temps plein\u202f: 3\u00a0mai" in lot_sentence(LATE, TODAY)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due": None, "remaining": D(0)}, "612,5 h validées · obligation à calibrer"),
        ({"due": D(0), "remaining": D(0)}, "612,5 h validées · sans obligation"),
        (
            {"validated": D(850), "declared": D(850), "remaining": D(0)},
            "850 h validées sur 833 h (102,0 %) · objectif atteint",
        ),
        (
            {"declared": D("652.5"), "expected": None},
            "612,5 h validées sur 833 h (73,5 %) · reste 220,5 h · 40 h déclarées à valider",
        ),
        (
            {"validated": D(0), "declared": D(1), "remaining": D(833), "status": LotStatus.A_VENIR, "expected": D(0)},
            "0 h validée sur 833 h (0,0 %) · début le 1er mars 2025 · reste 833 h · 1 h déclarée à valider",
        ),
        (
            {"status": LotStatus.NON_ATTEINT},
            "612,5 h validées sur 833 h (73,5 %) · terminé le 30 juin 2027 · reste 220,5 h",
        ),
        ({"expected": D(0)}, "612,5 h validées sur 833 h (73,5 %) · reste 220,5 h"),
        # A sum of lots: one is over its due, another is not.
        (
            {"validated": D(900), "declared": D(900), "remaining": D(50), "status": None},
            "900 h validées sur 833 h (108,0 %) · reste 50 h sur certains lots",
        ),
    ],
)
def test_words_of_every_situation(changes, expected):
    assert words(**changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"status": LotStatus.A_CALIBRER, "due": None},
            "L'obligation de ce lot n'est pas encore fixée. Calibrez-la pour suivre son avancement.",
        ),
        (
            {"status": LotStatus.SANS_OBLIGATION, "due": D(0)},
            "Ce lot n'a pas d'obligation d'insertion. 612,5 h validées quand même.",
        ),
        (
            {"status": LotStatus.SANS_OBLIGATION, "due": D(0), "validated": D(0)},
            "Ce lot n'a pas d'obligation d'insertion.",
        ),
        (
            {"status": LotStatus.ATTEINT, "validated": D(850)},
            "L'objectif est atteint : 850 h sur 833 h (102 %), soit 17 h de plus que dû.",
        ),
        (
            {"status": LotStatus.ATTEINT, "validated": D(833)},
            "L'objectif est atteint : 833 h sur 833 h (100 %).",
        ),
        (
            {"status": LotStatus.A_VENIR, "validated": D(0), "starts_on": date(2027, 5, 1), "weekly_needed": D(7)},
            "Le lot commence le 1er mai 2027 : 833 h à faire jusqu'au 30 juin 2027, soit 7 h par semaine (0,2 ETP).",
        ),
        (
            {"status": LotStatus.NON_ATTEINT, "declared": D(630)},
            (
                "Le lot s'est terminé le 30 juin 2027 à 612,5 h sur 833 h (73,5 %) : il manque 220,5 h. "
                "17,5 h déclarées restent à valider."
            ),
        ),
        (
            {"status": LotStatus.NON_ATTEINT, "declared": D("613.5")},
            (
                "Le lot s'est terminé le 30 juin 2027 à 612,5 h sur 833 h (73,5 %) : il manque 220,5 h. "
                "1 h déclarée reste à valider."
            ),
        ),
        (
            {"status": LotStatus.NON_ATTEINT},
            "Le lot s'est terminé le 30 juin 2027 à 612,5 h sur 833 h (73,5 %) : il manque 220,5 h.",
        ),
        (
            {"status": LotStatus.COMPROMIS, "weekly_needed": D(94), "last_possible": date(2026, 9, 10)},
            (
                "Au rythme des trois derniers mois, le lot finira à 741 h sur 833 h (89 %). "
                "Pour tenir, il faudrait 94 h par semaine jusqu'au 30 juin 2027, soit 2,7 ETP "
                ": plus que deux personnes à temps plein. "
                "Avec deux personnes à temps plein, il fallait s'y mettre au plus tard le 10 septembre 2026."
            ),
        ),
        (
            {"status": LotStatus.COMPROMIS, "last_possible": date.min, "weekly_needed": None},
            (
                "Au rythme des trois derniers mois, le lot finira à 741 h sur 833 h (89 %). "
                "Même dès le premier jour, il fallait plus que deux personnes à temps plein."
            ),
        ),
        (
            {"forecast": None, "undeclared_months": (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))}
            | {"weekly_needed": D("0.04"), "last_possible": None},
            (
                "Le rythme n'est pas connu : rien n'a été déclaré pour juillet, août et septembre. "
                "Pour tenir, il faut moins de 0,1 h par semaine jusqu'au 30 juin 2027, soit moins de 0,1 ETP."
            ),
        ),
        (
            {"forecast": None, "weekly_needed": None, "last_possible": None},
            "Le lot vient de commencer : son rythme n'est pas encore connu.",
        ),
        (
            {"pace_months": 2, "undeclared_months": (date(2026, 8, 1),), "weekly_needed": None, "last_possible": None},
            "Au rythme des deux derniers mois déclarés (août non déclaré), le lot finira à 741 h sur 833 h (89 %).",
        ),
        (
            {"pace_months": 1, "undeclared_months": (date(2026, 7, 1), date(2026, 8, 1)), "pace_per_week": D(0)}
            | {"weekly_needed": None, "last_possible": None},
            (
                "Aucune heure sur le dernier mois déclaré (juillet et août non déclarés) : "
                "à ce rythme, le lot finira à 741 h sur 833 h (89 %)."
            ),
        ),
    ],
)
def test_sentence_of_every_situation(changes, expected):
    assert sentence(**changes) == expected


def test_sentence_between_the_end_and_the_last_declarations():
    assert sentence(today=date(2026, 11, 3), ends_on=date(2026, 10, 31)) == (
        "Le lot s'est terminé le 31 octobre 2026 à 612,5 h sur 833 h (73,5 %). "
        "Les heures d'octobre 2026 ne sont pas encore toutes rendues."
    )
    assert "Les heures de septembre 2026 et d'octobre 2026 ne" in sentence(
        today=date(2026, 10, 12), ends_on=date(2026, 10, 10), reference_date=date(2026, 8, 31)
    )
    assert "Les heures d'octobre 2026 ne" in sentence(today=TODAY, ends_on=date(2026, 10, 19), reference_date=None)


def test_days_that_still_count():
    last = date(2027, 5, 3)
    assert "Dernier jour pour y parvenir" in sentence(today=last, reference_date=date(2027, 3, 31))
    assert "il fallait s'y mettre au plus tard le 3 mai 2027" in sentence(today=date(2027, 5, 4))
    assert "Dernier jour pour y parvenir" in sentence(starts_on=last)
    assert "Pour tenir" in sentence(today=LATE.ends_on)
    assert "2 h validées" in words(validated=D(2))
    assert "1,99 h validée " in words(validated=D("1.99"))


def test_a_sum_of_lots_has_no_sentence():
    with pytest.raises(ValueError, match="sum of lots"):
        sentence(status=None)


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        ("35", "une personne à temps plein"),
        ("70", "deux personnes à temps plein"),
        ("350", "dix personnes à temps plein"),
        ("385", "11 ETP"),
        ("52.5", "1,5 ETP"),
        ("0", "0 ETP"),
    ],
)
def test_people(capacity, expected):
    assert plain(people_fr(D(capacity))) == expected


def test_every_status_has_its_word():
    assert set(STATUS_LABELS) == set(LotStatus)


@given(facts(), DATES)
def test_any_lot_is_told_in_sentences(lot, today):
    figures = compute_progress(lot, today)
    told = lot_sentence(figures, today)

    assert told.endswith(".")
    assert "None" not in told + bar_words(figures)
    assert ("atteint" in told) is (figures.status is LotStatus.ATTEINT)
    assert ("il faudrait" in told) is (figures.status is LotStatus.COMPROMIS and today <= lot.ends_on)
    assert ("reste" in bar_words(figures)) is bool(figures.due and figures.remaining)
