"""The drawing of a threshold network, every number in it a step that the judge checks."""

from __future__ import annotations

from derive.network.drawing.wiring import Edge, Vertex, Wiring, wiring_picture
from derive.notation.build import number
from derive.notation.form import Call, Form
from derive.record import Line, Phrase, Picture, Step
from derive.training.threshold_network import ThresholdNetwork


def network_picture(network: ThresholdNetwork) -> Picture:
    """The network with its thresholds and weights."""
    columns = [tuple(Vertex(name) for name in network.inputs)]
    columns += [
        tuple(Vertex(unit.name, _fact("threshold", unit.threshold, unit.name)) for unit in units)
        for units in network.layers
    ]
    edges = tuple(
        Edge(source, unit.name, weight > 0, _fact("weight", weight, unit.name, source))
        for unit in network.units
        for source, weight in unit.weights
    )
    same: dict[int, Step] = {}
    for place, units in enumerate(network.layers, 1):
        weights = {weight for unit in units for _, weight in unit.weights}
        if len(weights) == 1:
            same[place] = _fact("all_weights", weights.pop(), *(unit.name for unit in units))
    wiring = Wiring(tuple(columns), edges, same)
    return wiring_picture(wiring, _caption(wiring))


def _fact(claim: str, value: int, *args: Form) -> Step:
    return Step(f"{claim} in the drawing", Call(claim, args), (Line("=", number(value)),))


def _caption(wiring: Wiring) -> Phrase:
    """What the numbers and the dashes say."""
    if not wiring.edges:
        return ("In a unit: its threshold.",)
    if not all(wiring.has_numbers(place) for place in range(1, len(wiring.columns))):
        solid = "In a unit: its threshold. Solid edges have the weight "
        return (solid, number(1), ", dashed ones ", number(-1), ".")
    dashed = "" if all(edge.positive for edge in wiring.edges) else " (dashed where negative)"
    return (f"In a unit: its threshold. At an edge: its weight{dashed}.",)
