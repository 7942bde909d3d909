"""From facts, measures and metrics to SQL over the star tables.

Three relations follow one another:

- *observations*: the rows of a fact laid on months, with its dimensions and whatever measures name;
- *cells*: one aggregate per grain, period, level, area, dimension and member;
- *figures*: numerator over denominator, with the reason where there is no value.
"""
