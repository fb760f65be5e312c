"""The SPARQL endpoint: protocol, limits, cache, full text, the page."""
