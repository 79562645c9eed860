"""Who may: the one implementation of the gate."""
