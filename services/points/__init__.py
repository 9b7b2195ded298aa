"""Points: what taking part earns, kept in a double-entry ledger."""
