"""Which files are the site's, and so are served: those, and no others."""

import pytest
from small_project import PUBLIC


@pytest.mark.parametrize("address", PUBLIC)
def test_the_sites_files_are_served(ask, checkout, address):
    response, body = ask(f"/{address}?v=1")
    assert response.status == 200
    assert body == (checkout / address).read_bytes()


def test_the_root_is_the_page(ask):
    assert ask("/")[1] == b"<p>page"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "address",
    [
        *("assets/out.json", "assets/secret.toml", "assets/hidden.py", "assets/loop.js"),
        *("assets/none.js", "assets/device.js", "assets/folder/outside.js", "assets/pipe.js"),
        *("assets/maker.py", "py/maker.py", "py/maker.mjs", "py/maker/site.py"),
        *("py/cased.py", "py/HOSTING/site.py"),
    ],
)
def test_nothing_is_served_that_is_no_file_of_the_site(links, ask, address, method):
    assert ask(f"/{address}", method)[0].status == 404


def test_a_link_within_the_site_is_followed(links, ask):
    assert ask("/assets/alias.js")[1] == b"export {}"


def test_a_file_that_becomes_a_link_is_served_no_more(ask, checkout):
    style = checkout / "assets/style.css"
    assert ask("/assets/style.css")[0].status == 200
    style.unlink()
    style.symlink_to("../serve.py")
    assert ask("/assets/style.css")[0].status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/serve.py",
        "/pyproject.toml",
        "/.git/config",
        "/.venv/a.py",
        "/tests/unit/test_a.py",
        "/py",
        "/py/",
        "/assets/",
        "/py/__pycache__/main.cpython-311.pyc",
        "/py/app.egg-info/SOURCES.txt",
        "/assets/mnist/.train-01.npz.77.part",
        "/assets/mnist/train-images-idx3-ubyte",
        "/assets/.hidden/notes.json",
        "/py/hosting",
        "/py/hosting/__init__.py",
        "/py/hosting/site.py?v=1",
        "/py/hosting/bytecode.mjs",
        "/py/Hosting/site.py",
        "/py/%68osting/site.py",
        "/py%2fhosting%2fsite.py",
        "/py//hosting/site.py",
        "//py/hosting/site.py",
        "/py/./hosting//site.py",
        "/py/main.py/../hosting/site.py",
        "/py/../serve.py",
        "/py/%2e%2e/serve.py",
        "/py/..%2fserve.py",
        "/py/..\\..\\serve.py",
        "/../../../../../../etc/passwd",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/index.html%00",
        "/index.html/",
    ],
)
def test_nothing_else_is_served(ask, path, method):
    assert ask(path, method)[0].status == 404
