"""What `doudi manage`, `doudi audit` and `doudi demo-data` are made of.

Django is imported inside the commands only, so that every other command starts without it.
"""
