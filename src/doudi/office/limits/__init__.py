"""How often one sender may do a thing, counted for all server processes together."""
