"""What brings the elements and rows of any NumPy array to a span: functions that exist compiled."""
