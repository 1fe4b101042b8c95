"""The public pages: how much can we get? No login."""
