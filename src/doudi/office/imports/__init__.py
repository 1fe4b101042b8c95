"""Files of people from Excel: read, looked at cell by cell, recorded by a second person, undone.

A file goes through `intake` (is it small and whole enough to open), `staging` (every row read,
checked and encrypted, in a process of its own), `committing` (the waiting rows become people, or
listings of people who are there, in one transaction) and, if it was a mistake, `undoing`. The
registry changes in the last two only. What the two sorts of file do differently is in
`file_sorts`, `people_…` and `listings_…`.
"""
