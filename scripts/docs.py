"""Writes the documentation as a site: docs.py PACKAGE FOLDER

The reference comes from the docstrings of the package in the folder PACKAGE, the pages from docs/.
"""

import html
import os
import re
import shutil
import sys
from pathlib import Path

import markdown2
import pdoc
import pdoc.render

ROOT = Path(__file__).parent.parent

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.55 system-ui, sans-serif; color: #212529; margin: 0 auto; max-width: 60rem; padding: 0 1.5rem 4rem; }}
nav {{ border-bottom: 1px solid #dee2e6; padding: .8rem 0; }}
nav a {{ margin-right: 1.1rem; }}
a {{ color: #0a58ca; text-decoration: none; }}
a:hover {{ text-decoration: underline; }}
code {{ background: #f1f3f5; border-radius: 3px; font-size: .88em; padding: .1em .3em; }}
pre {{ background: #f8f9fa; border: 1px solid #dee2e6; border-radius: 4px; overflow-x: auto; padding: .8rem; }}
pre code {{ background: none; padding: 0; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ border: 1px solid #dee2e6; padding: .3rem .6rem; text-align: left; vertical-align: top; }}
th {{ background: #f8f9fa; }}
{highlight}
</style>
</head>
<body>
<nav>{links}</nav>
{body}
</body>
</html>
"""


def title_of(page):
    """The first heading, without its marks."""
    return re.search(r"^# (.+)$", page.read_text(), re.MULTILINE)[1].replace("`", "")


def pages():
    """Each page of the site and the Markdown file that it is made from, in the order of the menu."""
    yield "index.html", ROOT / "README.md"
    for page in sorted((ROOT / "docs").glob("*.md")):
        yield f"{page.stem}.html", page
    yield "contributing.html", ROOT / "CONTRIBUTING.md"
    yield "changelog.html", ROOT / "CHANGELOG.md"


def relink(source, body, targets):
    """Lets links between the Markdown files lead to their pages; what is no page becomes plain text."""

    def link(match):
        address, _, anchor = html.unescape(match[1]).partition("#")
        if not address or ":" in address:
            return match[0]
        path = (source.parent / address).resolve()
        if not path.exists():
            raise SystemExit(f"{source.relative_to(ROOT)} links to {address}, which does not exist")
        if path in targets:
            return f'<a href="{targets[path]}{"#" + anchor if anchor else ""}">{match[2]}</a>'
        return match[2]

    return re.sub(r'<a href="([^"]*)">(.*?)</a>', link, body, flags=re.DOTALL)


def write_pages(folder):
    made = dict(pages())
    targets = {source.resolve(): name for name, source in made.items()}
    names = {"index.html": "litecast"} | {
        name: source.stem.lower() for name, source in made.items() if name != "index.html"
    }
    links = " ".join(f'<a href="{name}">{text}</a>' for name, text in names.items())
    links += ' <a href="litecast.html">reference</a>'
    highlight = (pdoc.render.env.get_template("syntax-highlighting.css")).render()
    for name, source in made.items():
        body = markdown2.markdown(
            source.read_text(), extras=["fenced-code-blocks", "tables", "header-ids", "cuddled-lists"]
        )
        text = PAGE.format(
            title=html.escape(title_of(source)),
            links=links,
            # The class whose colours pdoc's style sheet knows.
            body=relink(source, body.replace('class="codehilite"', 'class="pdoc-code"'), targets),
            highlight=highlight,
        )
        (folder / name).write_text(text)


class Runtime:
    """Stands for the runtime, whose classes are not ours to explain, and need not be installed."""

    class Interpreter:
        """The interpreter of `ai_edge_litert`, or TensorFlow's where that is not installed."""

    class OpResolverType:
        """That of `ai_edge_litert`, or TensorFlow's where that is not installed."""

    def load_delegate(library, options=None):
        """That of `ai_edge_litert`, or TensorFlow's where that is not installed."""


def load(package):
    """Imports the package, with all that its modules bring only when they are asked for it."""
    sys.path.insert(0, os.path.abspath(package))
    import litecast.tflite.experimental
    import litecast.tflite.runtime
    import litecast.tflite.v1

    litecast.tflite.runtime.interpreter_module = lambda: Runtime
    modules = (litecast, litecast.tflite, litecast.tflite.experimental)
    for module in (*modules, litecast.tflite.v1, litecast.tflite.v1.constants):
        for name in module.__all__:
            value = getattr(module, name)
            if vars(Runtime).get(name) is value and module in modules:
                value.__module__, value.__qualname__ = module.__name__, name
            setattr(module, name, value)


def main(package, folder):
    load(package)
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    pdoc.render.configure(docformat="google", footer_text="litecast", search=True)
    pdoc.pdoc("litecast", "litecast.tflite", output_directory=folder)
    home = "<h2>API Documentation</h2>"
    for page in folder.rglob("*.html"):
        text = page.read_text()
        up = "../" * (len(page.relative_to(folder).parts) - 1)
        page.write_text(text.replace(home, f'<h2><a href="{up}index.html">litecast</a></h2>'))
    # pdoc's own first page is a redirection to the package; the site's is README.md.
    write_pages(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
