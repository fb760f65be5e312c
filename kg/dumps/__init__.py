"""Bulk dumps of releases: what is offered for download, slices, changes between releases, mirrors."""
