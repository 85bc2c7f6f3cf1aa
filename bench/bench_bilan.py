"""A bilan of a structure of Toulouse Métropole Emploi's size: its figures within a second, its pages within 1.3 times
what WeasyPrint alone takes for the same text.

WeasyPrint alone: imported, in a process of its own that has rendered nothing yet, without our fetcher, our limits and
our checks. Ours: from the frozen figures to the bytes, as the job does.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from statistics import median
from typing import Any

from django.utils import timezone

from bench.stage import TME, structure
from bench.verdicts import Verdict
from lib import pdf_process
from reporting.bilans.document import STATIC_DIR, STYLES, render_bilan_pdf, render_html
from reporting.bilans.snapshot import fingerprint, take_snapshot
from reporting.indicators.source import Perimeter
from tenants import scope

TIMES = 5
RENDERINGS = 3
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 1)
REFERENCE = "mesure"
BARE = """
import json, sys, time
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
request = json.load(sys.stdin)
begins = time.perf_counter()
fonts = FontConfiguration()
styles = [CSS(string=text, base_url=request["base"], font_config=fonts) for text in request["styles"]]
HTML(string=request["html"], base_url=request["base"]).write_pdf(
    stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1", pdf_identifier=b"mesure")
print(time.perf_counter() - begins)
"""


def measure() -> Iterator[Verdict]:
    tenant_id = structure("tme", TME)
    as_of = timezone.now()
    figures: dict[str, Any] = {}
    snapshots, bare, ours = [], [], []
    for _ in range(TIMES):
        begins = time.perf_counter()
        with scope.tenant(tenant_id, consistent=True):
            figures = take_snapshot(Perimeter(), FIRST, LAST, data_as_of=as_of)
        snapshots.append(time.perf_counter() - begins)
    html = _html(figures)
    for _ in range(RENDERINGS):
        bare.append(_bare(html))
        # What the job does while it reads the figures.
        pdf_process.warm_up()
        time.sleep(1)
        ours.append(_ours(figures, as_of))
    pdf_process.cool_down()
    print(f"WeasyPrint seul : {median(bare):.2f} s")
    yield Verdict("bilan, arrêt des chiffres", median(snapshots), 1, "s")
    yield Verdict("bilan, PDF entier", median(ours), 1.3 * median(bare), "s")


def _html(figures: dict[str, Any]) -> str:
    return render_html(figures, reference=REFERENCE, sha256=fingerprint(figures), comments={})


def _ours(figures: dict[str, Any], as_of: datetime) -> float:
    begins = time.perf_counter()
    render_bilan_pdf(_html(figures), reference=REFERENCE, data_as_of=as_of)
    return time.perf_counter() - begins


def _bare(html: str) -> float:
    css = STATIC_DIR / "css"
    request = {
        "html": html.replace('"/static/', f'"{STATIC_DIR.as_uri()}/'),
        "styles": [(css / name).read_text() for name in STYLES],
        "base": f"{css.as_uri()}/",
    }
    run = subprocess.run(
        [sys.executable, "-c", BARE], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    return float(run.stdout)
