"""static/css/pdf.css in WeasyPrint: every rule understood, our font embedded in each weight, pages numbered."""

import io
import logging
from pathlib import Path

import pytest
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from lib.svg import PRINT, obligation_bar
from tests.static import gallery

STYLES = Path(__file__).resolve().parents[2] / "static/css"


def report() -> str:
    source = (Path(__file__).parent / "report.html").read_text()
    data = gallery.context()
    svg = obligation_bar(833, 612, 700, 690, uid="bar", palette=PRINT)
    extra = {
        "figures": data["stats"] + data["stats"][:2],
        "lots": data["lots"] * 7,
        "bar": {"svg": svg, "text": gallery.BAR_TEXT},
    }
    return gallery.render(source=source, extra=extra)


def render(html: str) -> bytes:
    fonts = FontConfiguration()
    sheets = [
        CSS(string=(STYLES / name).read_text(), base_url=str(STYLES / name), font_config=fonts)
        for name in ("tokens.css", "pdf.css")
    ]
    target = io.BytesIO()
    HTML(string=html).write_pdf(target, stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")
    return target.getvalue()


def test_report_renders_as_styled(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf = PdfReader(io.BytesIO(render(report())))
    assert [record.getMessage() for record in caplog.records] == []
    fonts = {
        font["/BaseFont"].split("+")[1]
        for page in pdf.pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())
    }
    assert fonts == {"Inter", "Inter-Medium", "Inter-Semi-Bold"}
    texts = [page.extract_text() for page in pdf.pages]
    assert len(texts) > 3
    assert "Page" not in texts[0]
    assert f"Page 2 sur {len(texts)}" in texts[1]
    assert all("Bilan de mise en œuvre" in text and "GD31-2025-0007" in text for text in texts)
    # The header of the table stands on every page that it crosses.
    assert all("Validées (h)" in text for text in texts[2:4])
    assert sum("Total" in text for text in texts) == 1
