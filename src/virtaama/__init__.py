"""Virtaama: the organiser's toolkit of a wellbeing services county."""
