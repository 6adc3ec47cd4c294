"""The settings of a stack: what may be set, how it is read, and what a person is told when it is wrong."""

from settings.load import load
from settings.model import PlatformSettings
from settings.report import SettingsError

__all__ = ["PlatformSettings", "SettingsError", "load"]
