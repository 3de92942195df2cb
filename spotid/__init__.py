"""SpotID: tell individual patterned animals apart in camera-trap photographs."""

__version__ = "0.1.0"
