"""What is wrong with a setting: the command line knows it without importing the compiler."""

__all__ = ["SettingError"]


class SettingError(ValueError):
    """An environment variable is set to what cannot be."""
