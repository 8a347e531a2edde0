"""Claimed answers against derived ones: a key is read, every part derived anew, and each claim judged."""
