"""Signing in with a provider of identities that speaks SAML 2.0: Suomi.fi, or the county's own."""
