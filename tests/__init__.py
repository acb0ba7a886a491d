"""The suite, parametrised over the registry: no second list of functions in here."""
