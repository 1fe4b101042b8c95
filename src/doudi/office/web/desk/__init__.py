"""The desks: registry, figures, accounts."""
