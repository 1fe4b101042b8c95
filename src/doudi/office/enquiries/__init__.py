"""What the public asks to keep: a saved answer behind a code, and an answer that looks wrong."""
