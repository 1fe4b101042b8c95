"""Hinggan League, health poverty relief, 2018 (the article, clauses H-…)."""
