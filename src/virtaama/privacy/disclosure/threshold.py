"""When a figure is hidden to protect persons: one rule for every page, file and command."""

from __future__ import annotations


def smallest_shown(role_minimum: int, metric_minimum: int) -> int:
    """The smallest group a reader may see in a metric. 0 where the metric is about no person."""
    return 0 if metric_minimum == 0 else max(role_minimum, metric_minimum)


def is_too_few(guard: int, smallest: int) -> bool:
    """Whether a figure guarded by a group of this size is hidden. Figures about nobody are shown."""
    return 0 < guard < smallest
