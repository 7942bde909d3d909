"""Erasure: what is known of a person, or is due, destroyed in the lake and in all that is made from it; and proven."""
