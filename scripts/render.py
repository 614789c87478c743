"""Executed notebooks as pages that need nothing from elsewhere: styles, figures and their library are inside."""

import re
from pathlib import Path

from jinja2 import DictLoader
from nbconvert import HTMLExporter

# JupyterLab's look without the libraries that it would fetch: require.js, MathJax, Mermaid.
TEMPLATE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js %}{% if resources.plotly %}<script>{{ resources.plotly }}</script>{% endif %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
"""
PLOTLY_MIME_TYPE = "application/vnd.plotly.v1+json"
LINK_TO_NOTEBOOK = re.compile(r'(<a [^>]*href="[\w./-]+)\.ipynb(?=["#])')


def has_figures(nb):
    outputs = (output for cell in nb.cells for output in cell.get("outputs", []))
    return any(PLOTLY_MIME_TYPE in output.get("data", {}) for output in outputs)


def render(nb, name, plotly_file):
    """The page of an executed notebook; Plotly is inside once if the notebook has figures."""
    exporter = HTMLExporter(extra_loaders=[DictLoader({"page.html.j2": TEMPLATE})], template_file="page.html.j2")
    plotly = Path(plotly_file).read_text(encoding="utf-8") if has_figures(nb) else ""
    page, _ = exporter.from_notebook_node(nb, {"metadata": {"name": name}, "plotly": plotly})
    return LINK_TO_NOTEBOOK.sub(r"\1.html", page)
