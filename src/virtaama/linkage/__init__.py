"""Which records are about the same person: what is compared, by which rules, and when people decide."""
