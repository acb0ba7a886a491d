"""How an entry becomes a ufunc. No activation is named in here."""
