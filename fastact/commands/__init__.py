"""The command line: one module per command, none imported before it is asked for."""
