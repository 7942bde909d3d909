"""Who is here: accounts, sign-in, language, colours; and the one door the portal reads through."""
