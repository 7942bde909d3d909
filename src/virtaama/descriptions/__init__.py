"""The descriptions the law asks for, from what the platform knows of itself: values in, values out."""
