"""Tokens by which a hospital's programs use the API in the name of one of its accounts."""
