"""The page runs no code but its own, and speaks to no server but its own."""

from __future__ import annotations

import http.server

import pytest
from visit import Visit

from servers import running

VIOLATION = """\
window.violations = [];
addEventListener("securitypolicyviolation", event => violations.push(event.effectiveDirective));
"""


@pytest.fixture(scope="module")
def loaded(browser, site):
    """The page as it stands before Python wakes: its policy holds from the first byte."""
    visit = Visit(browser, site)
    visit.page.add_init_script(VIOLATION)
    visit.page.goto(site, wait_until="domcontentloaded")
    yield visit
    visit.close()


@pytest.fixture
def stranger():
    """Another server on this machine; `asked` has what it was asked for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    with running(server):
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield server


def expect_violation(visit, directive: str) -> None:
    visit.wait_until("directive => violations.some(v => v.startsWith(directive))", directive)
    visit.page.evaluate("violations.length = 0")


def test_the_policy_stands_before_anything_that_loads(site, new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.page.goto(site)
    head = visit.page.eval_on_selector_all(
        "head > *", "all => all.map(e => e.httpEquiv || e.localName)"
    )
    policy = head.index("Content-Security-Policy")
    assert not {"script", "link", "style"} & set(head[:policy])


@pytest.mark.parametrize(
    "insert",
    [
        "const s = document.createElement('script'); s.textContent = 'window.executed = true'; "
        "document.body.append(s)",
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src="missing" onerror="window.executed = true">\')',
        "const a = document.createElement('a'); a.href = 'javascript:window.executed = true'; "
        "document.body.append(a); a.click()",
    ],
    ids=["element", "attribute", "address"],
)
def test_inline_script_is_not_run(loaded, insert):
    loaded.page.evaluate(insert)
    expect_violation(loaded, "script-src")
    assert loaded.page.evaluate("window.executed") is None


@pytest.mark.parametrize(
    ("connect", "directive"),
    [
        ("fetch(url + '/fetch').catch(() => {})", "connect-src"),
        ("navigator.sendBeacon(url + '/beacon')", "connect-src"),
        ("new WebSocket(url.replace('http', 'ws') + '/socket').onerror = () => {}", "connect-src"),
        ("new Image().src = url + '/image'", "img-src"),
        ("append('script', 'src')", "script-src"),
        ("append('iframe', 'src')", "frame-src"),
        ("append('link', 'href')", "style-src"),
    ],
    ids=["fetch", "beacon", "socket", "image", "script", "frame", "stylesheet"],
)
def test_another_server_is_not_spoken_to(loaded, stranger, connect, directive):
    loaded.page.evaluate(
        """([connect, url]) => {
            const append = (tag, attribute) => {
                const element = document.createElement(tag);
                element[attribute] = `${url}/${tag}`;
                if (tag === "link") element.rel = "stylesheet";
                document.body.append(element);
            };
            new Function("url", "append", connect)(url, append);
        }""",
        [connect, stranger.url],
    )
    expect_violation(loaded, directive)
    assert stranger.asked == []


def test_the_stranger_would_answer(stranger, browser):
    """What the tests above do not see, they would see."""
    page = browser.new_page()
    page.goto(f"{stranger.url}/visit")
    page.close()
    assert "/visit" in stranger.asked


def test_a_form_cannot_send_what_was_typed_away(loaded, stranger):
    loaded.page.evaluate(
        """url => {
            const form = document.createElement("form");
            form.action = `${url}/form`;
            document.body.append(form);
            form.submit();
        }""",
        stranger.url,
    )
    expect_violation(loaded, "form-action")
    assert stranger.asked == []
