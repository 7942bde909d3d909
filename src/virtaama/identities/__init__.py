"""Who persons are: a store of its own, closed under keys that lie elsewhere. Nothing else knows an identity code."""
