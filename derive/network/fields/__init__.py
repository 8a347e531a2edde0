"""Receptive fields: counted along a network, written out as recursions."""
