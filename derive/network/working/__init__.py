"""Working as it is printed: shapes, counts and sizes in letters and tables, and equations for an unknown."""
