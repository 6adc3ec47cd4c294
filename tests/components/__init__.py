"""Tests of the layers, and the recording engine they run on."""
