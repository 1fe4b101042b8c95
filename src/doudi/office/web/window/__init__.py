"""The one-stop window: one person, one stay, one screen."""
