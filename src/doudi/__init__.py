"""Doudi 兜底: what poverty relief gives, exactly, and how sure that is."""
