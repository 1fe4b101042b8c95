"""The allotment notice of 2018: money for a city, its rules, and what the city has to do."""
