"""What ``python -m fastact demo`` trains and measures: a perceptron in plain NumPy."""
