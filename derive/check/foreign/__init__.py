"""LaTeX that others wrote: every equality in it, checked by what the file itself says."""
