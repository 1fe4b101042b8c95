"""Who did what, when and why; and the chain that makes tampering evident."""
