"""Who works here: accounts, what each role may do, and whom each of them sees."""
