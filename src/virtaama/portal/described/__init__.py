"""The descriptions the law asks for: which were made, what they are, and what has changed since."""
