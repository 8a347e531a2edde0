"""The exam file: read it with its positions, solve its parts, judge them, share out the points."""
