"""The incident register: what happened, what it obliges to, what was done by whom and when."""
