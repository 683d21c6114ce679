"""The page's application: a run (session), the loop that drives it, and the views that show it."""
