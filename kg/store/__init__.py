"""The store: ports, Oxigraph on disk, SPARQL over HTTP, releases."""
