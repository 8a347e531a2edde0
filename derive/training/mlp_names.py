"""What the quantities of a dense net are called: one place for letters, layer numbers and capitals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derive.errors import InputError, UnknownName
from derive.notation.form import Symbol
from derive.notation.symbols import parse_symbol

LAYERED = {"W": "weights", "b": "bias", "z": "pre-activation", "h": "output of a layer", "delta": "gradient by z"}
SINGLE = {"x": "input", "t": "target", "L": "loss"}
ROLES = {**LAYERED, **SINGLE}
_EXAMPLES = ("z", "h", "delta", "x", "t")
"""What has a value for each example: a matrix, and so a capital letter, where there are several."""


@dataclass(frozen=True, slots=True)
class Names:
    """Symbols by role and layer.

    Attributes:
        layers: how many layers there are; where there is one only, nothing has its number.
        batch: whether there are several examples.
        given: other names by role: one letter, which gets the number of the layer, or one name for each layer.
    """

    layers: int
    batch: bool = False
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role, names in self.given.items():
            if role not in ROLES:
                raise UnknownName("role of a name", role, ROLES)
            most = self.layers if role in LAYERED else 1
            if len(names) not in (1, most):
                raise InputError(f"{len(names)} names for {role}, but the net has {self.layers} layer(s)")

    def of(self, role: str, layer: int = 0, scalar: bool = False) -> Symbol:
        """The name of a quantity; a weight that is a single number has a small letter."""
        names = self.given.get(role)
        if names and (len(names) > 1 or self.layers == 1 or role in SINGLE):
            return parse_symbol(names[layer - 1 if len(names) > 1 else 0])
        letter = names[0] if names else self._letter(role, scalar)
        symbol = parse_symbol(letter)
        if role in SINGLE or self.layers == 1:
            return symbol
        return Symbol(symbol.base, symbol.accent, symbol.sub, str(layer))

    def _letter(self, role: str, scalar: bool) -> str:
        if role == "W" and scalar:
            return "w"
        return role.capitalize() if self.batch and role in _EXAMPLES else role
