"""Comparisons and solutions as people read them: lines for a terminal, one HTML file for others."""
