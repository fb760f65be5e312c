"""The web server: SPARQL endpoint, pages, search and dumps over a published release.

The application is `server.app.create_app`; it is not imported here, since query workers start from this
package too, and need none of it.
"""
