"""A SymPy expression as a computation graph: its nodes, its gradient at a point, its critical points."""

from sympy import symbols

from derive import Graph

x, y = symbols("x y")
graph = Graph.from_expr(x**4 - 32 * x**2 + y**4 - 18 * y**2)
for name in graph.definitions:
    print(f"{name} = {graph.node(name).expr}")

gradient = graph.gradient("f", wrt=[x, y], at={x: 2, y: 2})
print({name: answer.value for name, answer in gradient.answers.items()})

points = graph.critical_points("f", wrt=[x, y])
print(points)
assert gradient.verified
assert points.verified
