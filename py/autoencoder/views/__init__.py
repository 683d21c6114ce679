"""One module a panel; each turns the session's state into pixels or text, and changes nothing."""
