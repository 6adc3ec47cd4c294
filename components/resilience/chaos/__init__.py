"""Chaos engineering: experiments by Chaos Mesh, each bounded in place and time and tied to the alert it must raise."""
