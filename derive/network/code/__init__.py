"""Networks as source code, and source code as networks: Keras and PyTorch, written, read back, never run."""
