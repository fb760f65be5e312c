"""The web server: SPARQL endpoint, pages, search and dumps over a published release."""
