"""One's own account: logging in and out, the password, the second factor."""
