import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from lib import pdf_process
from lib.pdf import (
    PdfError,
    PdfLibraryError,
    PdfMemoryError,
    PdfResourceError,
    PdfTimeoutError,
    render_pdf,
)
from lib.pdf_worker import IDLE
from lib.svg import PRINT, obligation_bar

STATIC = Path(__file__).parents[2] / "static"
CREATED = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
CSS = """
@font-face { font-family: Inter; src: url("../vendor/inter/inter.woff2") }
@page { size: A4 }
body { font-family: Inter }
"""


def page(body):
    return f'<html lang="fr"><head><title>Bilan de l\'opération</title></head><body>{body}</body></html>'


def pdf(body="<h1>Bilan</h1><p>612,5 h validées</p>", **options):
    defaults = {"stylesheets": [CSS], "static_dirs": [STATIC], "identifier": "bilan-7", "created_at": CREATED}
    return render_pdf(page(body), **{**defaults, **options})


@pytest.fixture
def fresh():
    """No renderer started before the test."""
    pdf_process.cool_down()
    yield
    pdf_process.cool_down()


@pytest.fixture(scope="module")
def report():
    bar = obligation_bar(833, 612, 700, 690, uid="lot-1", palette=PRINT, width="300")
    rows = "<tr><th scope='row'>Lot 1</th><td>833</td></tr>"
    table = (
        f"<table><thead><tr><th scope='col'>Lot</th><th scope='col'>Dû</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    body = f"<h1>Bilan</h1><p>612,5 h validées</p>{bar}{table}"
    return body, pdf(body)


def test_accessible_pdf(report):
    document = pypdf.PdfReader(io.BytesIO(report[1]))
    catalog = document.trailer["/Root"]

    assert catalog["/Lang"] == "fr"
    assert catalog["/MarkInfo"]["/Marked"]
    assert document.metadata.title == "Bilan de l'opération"
    assert document.metadata.creation_date == CREATED
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    assert "612,5 h validées" in document.pages[0].extract_text()
    tags = [item.get_object() for item in walk(catalog["/StructTreeRoot"]["/K"][0])]
    assert {"/H1", "/P", "/Figure", "/Table", "/TH", "/TD"} <= {tag["/S"] for tag in tags}
    (figure,) = [tag for tag in tags if tag["/S"] == "/Figure"]
    assert "de l'obligation validés" in figure["/Alt"]


def walk(element):
    element = element.get_object()
    if isinstance(element, pypdf.generic.DictionaryObject) and "/S" in element:
        yield element
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            yield from walk(kid)


def test_font_comes_through_the_fetcher(report):
    fonts = pypdf.PdfReader(io.BytesIO(report[1])).pages[0]["/Resources"]["/Font"].values()
    assert any("Inter" in font.get_object()["/BaseFont"] for font in fonts)


def test_same_arguments_give_the_same_bytes(report):
    body, first = report
    assert pdf(body) == first
    assert pdf(body, identifier="bilan-8") != first


def test_nothing_of_our_environment_reaches_the_renderer(monkeypatch, tmp_path, fresh):
    """sitecustomize, found through a variable that is not passed on, would leave its mark."""
    (tmp_path / "sitecustomize.py").write_text("import pathlib\npathlib.Path(__file__).with_name('seen').touch()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    assert (tmp_path / "seen").exists(), "control: the variable is effective"
    (tmp_path / "seen").unlink()

    pdf()
    assert not (tmp_path / "seen").exists()


def test_refused_resource_stops_the_rendering(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with pytest.raises(PdfResourceError, match=r"secret\.txt"):
        pdf(f'<link rel="attachment" href="{secret.as_uri()}"><p>x</p>')


def test_time_is_capped_and_the_process_ended(fresh):
    pdf_process.warm_up()
    process = kept()
    with pytest.raises(PdfTimeoutError, match="plus de 1 secondes"):
        pdf("<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>", timeout=1)
    assert process.returncode == -signal.SIGKILL


def kept():
    return pdf_process._ready[1]


def test_each_document_has_a_process_of_its_own_started_ahead(fresh):
    pdf_process.warm_up()
    first = kept()
    pdf_process.warm_up()
    assert kept() is first
    pdf()
    assert first.returncode == 0
    assert kept().pid != first.pid
    assert kept().poll() is None


def test_a_fork_leaves_its_parent_s_renderer_alone(fresh):
    pdf_process.warm_up()
    theirs = kept()
    pdf_process._ready = (os.getpid() + 1, theirs)
    with pdf_process.take() as ours:
        assert ours.pid != theirs.pid
        ours.kill()
    with theirs:
        theirs.kill()


def test_a_renderer_that_ended_meanwhile_is_replaced(fresh):
    pdf_process.warm_up(idle_seconds=0)
    assert kept().wait(timeout=20) == IDLE
    assert pdf().startswith(b"%PDF-")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux caps the memory of a process")
def test_memory_is_capped():
    with pytest.raises(PdfMemoryError, match="plus de mémoire"):
        pdf("<table>" + "<tr><td>x</td></tr>" * 5_000 + "</table>", memory_limit_mb=230)


def test_a_hole_in_the_page_is_a_fault():
    with pytest.raises(PdfError, match="Failed to load image"):
        pdf('<img src="data:image/png;base64,AAAA" alt="logo">')


@pytest.mark.skipif(sys.platform != "linux", reason="the loader of Linux")
def test_missing_library_tells_the_command(monkeypatch, tmp_path, fresh):
    (tmp_path / "libpango-1.0.so.0").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with pytest.raises(PdfLibraryError, match=r"apt-get install -y libpango-1\.0-0 "):
        pdf()
