"""The audit log for the data protection officer: who asked what, what stands out, and marks."""
