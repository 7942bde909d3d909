"""The portal: Django, rendered on the server, usable without scripts. Reads through the door alone."""
