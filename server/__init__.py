"""The web server: SPARQL endpoint, pages, search and dumps over a published release."""

from server.app import create_app

__all__ = ["create_app"]
