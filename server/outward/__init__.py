"""What goes out of the house: the requests of SERVICE, and the check of where they go.

The engine would look up an endpoint's name itself when it asks it, some time after we looked where that
leads: a name whose address changes in between leads it into the house.  It takes no HTTP client of ours
and no proxy.  So a query that it gets has, instead of an endpoint, an address of this machine where a
process of ours listens (`server.outward.forwarder`).  The name is looked up once, by the web worker, which
checks what it found; the process is told that with each request, and connects to exactly that.
"""
