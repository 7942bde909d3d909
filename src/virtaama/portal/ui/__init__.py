"""How it looks: base template, formats, words, sparklines, charts, error pages."""
