"""The stage: every stack planned, applied and destroyed by the real engine with no cloud account."""
