"""The closed fetcher, in this process; tests/lib/test_pdf.py goes through the real one."""

import base64
import http.server
import io
import threading

import pypdf
import pytest

from lib.pdf_worker import BASE_URL, BROKEN, DONE, RESOURCE, RefusedError, answer, find_static

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f0005000180a5b5b4f10000000049454e44ae426082"
)


@pytest.fixture
def static(tmp_path):
    folder = tmp_path / "static"
    (folder / "css").mkdir(parents=True)
    (folder / "logo.png").write_bytes(PNG)
    (folder / "css" / "more.css").write_text("p { color: red }")
    (folder / "css" / "bad.css").write_text("@import url('file:///etc/hostname')")
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    return folder


@pytest.fixture
def server():
    """A server that counts what it is asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()

        def log_message(self, *_args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


def rendered(static, body="", css=""):
    return answer(
        {
            "html": f'<html lang="fr"><head><title>x</title></head><body>{body}</body></html>',
            "stylesheets": [css],
            "static_dirs": [str(static)],
            "static_url": "/static/",
            "identifier": "x",
            "created_at": "2026-11-01T08:30:00+00:00",
        }
    )


@pytest.mark.parametrize(
    "body",
    [
        '<img src="/static/logo.png" alt="logo">',
        '<img src="static/logo.png?v=3" alt="logo">',
        '<img src="data:image/png;base64,{}" alt="logo">',
        '<link rel="stylesheet" href="/static/css/more.css"><p>x</p>',
        "<p>x</p>",
    ],
)
def test_static_files_and_data_are_opened(static, body):
    code, pdf = rendered(static, body.replace("{}", base64.b64encode(PNG).decode()))
    assert code == DONE, pdf
    assert ("logo" in body) == bool(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images)


def test_urls_of_stylesheets_start_from_the_css_folder(static):
    code, pdf = rendered(static, "<p>x</p>", "p::before { content: url('../logo.png') }")
    assert code == DONE, pdf
    assert pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images


@pytest.mark.parametrize(
    ("body", "css"),
    [
        ('<img src="{file}" alt="x">', ""),
        ('<link rel="stylesheet" href="{file}">', ""),
        ('<link rel="attachment" href="{file}">', ""),
        ('<a rel="attachment" href="{file}">x</a>', ""),
        ('<object data="{file}" type="image/png">x</object>', ""),
        ('<svg xmlns="http://www.w3.org/2000/svg"><image href="{file}" width="9" height="9"/></svg>', ""),
        ("<style>@import url('{file}')</style>", ""),
        ("<p>x</p>", "@font-face {{ font-family: F; src: url('{file}') }}"),
        ("<p>x</p>", "p {{ background: url('{file}') }}"),
        ("<p>x</p>", "@import url('{file}');"),
        ("<p>x</p>", "@import url('bad.css');"),
        ('<base href="file:///etc/"><img src="hostname" alt="x">', ""),
    ],
)
@pytest.mark.parametrize("where", ["file:///etc/hostname", "http", "/static/../secret.png", "/static/link.png"])
def test_everything_else_is_refused(static, server, body, css, where):
    address, asked = server
    where = f"{address}/x.png" if where == "http" else where
    code, message = rendered(static, body.format(file=where), css.format(file=where))

    assert code in (RESOURCE, BROKEN), message
    assert b"Refused: " in message or code == RESOURCE
    assert asked == []


def test_what_leaves_a_hole_is_a_fault(static):
    assert rendered(static, '<img src="data:image/png;base64,AAAA" alt="x">')[0] == BROKEN
    assert rendered(static, f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}">')[0] == BROKEN
    assert rendered(static, '<a href="#nowhere">x</a>')[0] == BROKEN


@pytest.mark.parametrize(
    "path",
    [
        "static/absent.png",
        "static/css",
        "static/",
        "static/../secret.png",
        "static/%2e%2e/secret.png",
        "static/..%2fsecret.png",
        "static//etc/hostname",
        "static/link.png",
        "static/a%00b",
        "media/logo.png",
        "logo.png",
    ],
)
def test_only_files_below_the_folders(static, path):
    assert find_static(BASE_URL + "static/logo.png", "/static/", [str(static)]) == static / "logo.png"
    with pytest.raises(RefusedError):
        find_static(BASE_URL + path, "/static/", [str(static)])


@pytest.mark.parametrize(
    "url", ["https://static.invalid.evil.example/static/logo.png", "http://static.invalid/static/logo.png",
            "https://u@static.invalid/static/logo.png", "file:///static/logo.png", "//static.invalid/static/logo.png"]
)  # fmt: skip
def test_only_our_host(static, url):
    with pytest.raises(RefusedError):
        find_static(url, "/static/", [str(static)])


def test_folders_are_searched_in_turn(static, tmp_path):
    other = tmp_path / "collected"
    other.mkdir()
    (other / "only.png").write_bytes(PNG)
    found = find_static(BASE_URL + "static/only.png", "/static/", [str(static), str(other)])
    assert found == other / "only.png"
