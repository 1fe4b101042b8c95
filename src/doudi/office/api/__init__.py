"""The JSON API for programs: the window's services over HTTP, described by OpenAPI.

It decides nothing and computes no money. Amounts are integer fen under names that end in
``_fen``; days are ``YYYY-MM-DD``.
"""
