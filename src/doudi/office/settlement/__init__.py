"""The one-stop window: admission without deposit, settlement, reversal, own payments."""
