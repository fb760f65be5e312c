"""Understanding: the text of an article becomes mentions, events, times and dispatches."""
