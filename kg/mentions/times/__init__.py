"""When: times of both languages, resolved to intervals with a grain."""
