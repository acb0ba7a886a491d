"""Branch-free elementary functions: what the activations are made of."""
