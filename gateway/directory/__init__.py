"""The directory: districts, communities, buildings, members, roles, the owners' roll; personal data stays here."""
