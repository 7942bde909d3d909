"""Signing in with the county's own provider of identities, by OpenID Connect."""
