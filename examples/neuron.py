"""One logistic neuron: the gradient of its loss, derived, checked and printed."""

from derive import Graph

graph = Graph({"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"})
print("∂L/∂w =", graph.gradient_expr("L", "w"))

solution = graph.gradient("L", wrt=["w", "b"], at={"w": -2, "x": 3.5, "b": -2, "t": 0.5})
print(solution)
print("w:", solution.answers["w"].value, "≈", solution.answers["w"].decimal)
print("a student's -1.75 is", "right" if solution.answers["w"].accepts(-1.75) else "wrong")
assert solution.verified
