"""Who owes whom: accounts and transfers in fen that are only ever added to."""
