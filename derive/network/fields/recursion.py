"""The recursion of receptive fields written out: letters and formulas, layer by layer, along one axis.

What a field is worth comes from `derive.network.fields.field`; here stands how a course writes it. The windows
themselves are handed to the judge, who counts positions (`derive.notation.reach`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from derive.errors import InputError
from derive.network.fields.coverage import windows_of
from derive.network.fields.field import Fields, Reach
from derive.network.fields.forms import (
    Letters,
    Row,
    State,
    jump_form,
    numbered,
    size_form,
    start_form,
)
from derive.network.layers.base import Letter, Rule, Window
from derive.network.network import Network, Node
from derive.notation.build import ONE, ZERO, number
from derive.notation.form import Call, Form, Matrix, Symbol, symbols
from derive.record import Phrase

Edge = tuple[int, int, Form, Form, Form, Form, Form]
SAME = (ONE, ONE, ZERO, ONE, ONE)
"""The window through which every cell sees itself."""


@dataclass
class Recursion:
    """The recursion along one axis, through the layers of `wanted`.

    Attributes:
        mark: the letter of the axis, an index of every name where the axes differ.
        with_start: whether the first cell is followed too.
        in_letters: whether the windows are told to the judge in letters, so that the formulas hold for any numbers.
        with_jump: whether jumps get names; else the strides stand in the formulas themselves.
    """

    network: Network
    found: Fields
    origin: str
    axis: int
    wanted: Sequence[Node]
    mark: str = ""
    with_start: bool = False
    in_letters: bool = True
    with_jump: bool = True
    rows: list[Row] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)

    def __post_init__(self) -> None:
        image = self.found[self.origin].axes[self.axis]
        self._edges: list[Edge] = []
        self._numbers = {node.name: number for number, node in enumerate(self.network.nodes, 1)}
        self._sides = [image.cells]
        self.states[self.origin] = State(0, ONE, ONE, ZERO, 1, image)
        for node in self.wanted:
            self.states[node.name] = self._behind(node)

    @property
    def is_plain(self) -> bool:
        """Whether all layers are windows one behind the other: the formulas then hold for any numbers."""
        return all(row.setting("K") and row.size and any(symbols(row.size.form)) for row in self.rows)

    @property
    def signature(self) -> object:
        """What two axes share that can be worked out as one."""
        rows = [(row.name, row.settings, tuple(row.quantities)) for row in self.rows]
        return rows, {name: (self.shown(name), state.reach.size) for name, state in self.states.items()}

    def _behind(self, node: Node) -> State:
        before = [self.states[source] for source in node.sources if source in self.states]
        windows = windows_of(self.network, node)
        reach = self.found[node.name].axes[self.axis]
        if windows is None:
            same = len({state.map for state in before}) == 1 and before[0].reach.is_whole
            return before[0] if same else self._whole(node, before, reach)
        state = before[0] if len({each.map for each in before}) == 1 else self._merged(node, before, reach)
        if not windows or state.reach.is_whole:
            return state
        return self._through(node, windows[self.axis], state, reach)

    def _map(self, side: int) -> int:
        self._sides.append(side)
        return len(self._sides) - 1

    def _through(self, node: Node, window: Window, state: State, reach: Reach) -> State:
        """One window: r + (K - 1)·d·j, j·S/U, s - P·j."""
        place, index = self._map(reach.cells), self._numbers[node.name]
        letters = Letters.of(window, node.name, index, self.mark)
        shown = self._letters(letters, window)
        quiet = window.kernel == window.stride == window.upscale == 1 and not hasattr(node.layer, "kernel")
        if quiet and not (window.padding and self.with_start):
            shown = ()
        k, s, p, d, u = (
            each.symbol if each in shown and self.in_letters else number(each.value) for each in letters.all()
        )
        self._edges.append((state.map, place, k, s, p, d, u))
        if not shown:
            return State(place, state.size, state.jump, state.start, state.wide, reach, state.path)
        counts = state.wide is None or not state.reach.is_regular or window.upscale != 1
        wide = None if counts or state.wide is None else state.wide + (window.extent - 1) * int(state.reach.jump)
        if counts and reach.is_regular:
            wide = reach.size
        size = Rule(
            self._name("r", index), size_form(state, letters.kernel, letters.dilation), (f"field of {node.name}",)
        )
        if counts:
            size = self._differing(index, node, reach)
        jump, start = self._jump(node, index, state, letters), self._start(node, index, state, letters.padding, reach)
        row = Row(index, node.name, size, jump if self.with_jump else None, start, shown)
        self.rows.append(row)
        return State(
            place,
            size.target,
            jump.target if self.with_jump else jump.form,
            start.target if start else state.start,
            wide,
            reach,
            None if counts or state.path is None else (*state.path, row),
        )

    def _letters(self, letters: Letters, window: Window) -> tuple[Letter, ...]:
        """Those that are mentioned: padding for the start alone, dilation and upscaling where they are not 1."""
        rest = [each for each in (letters.dilation, letters.upscale) if each.value != 1]
        return (letters.kernel, letters.stride, *([letters.padding] if self.with_start else []), *rest)

    def _differing(self, index: int, node: Node, reach: Reach) -> Rule:
        """The size behind a stretch, where cells differ in what they see."""
        return Rule(self._name("r", index), number(reach.size), (f"{node.name}: the largest, as cells differ",))

    def _jump(self, node: Node, index: int, state: State, letters: Letters) -> Rule:
        form = jump_form(state, letters.stride, letters.upscale)
        return Rule(self._name("j", index), form, (f"jump of {node.name}",))

    def _start(self, node: Node, index: int, state: State, padding: Letter, reach: Reach) -> Rule | None:
        if not self.with_start:
            return None
        regular = state.reach.is_regular and reach.is_regular
        form = start_form(state, padding) if regular else number(reach.start)
        return Rule(self._name("s", index), form, (f"start of {node.name}",))

    def _whole(self, node: Node, before: list[State], reach: Reach) -> State:
        """A kernel as large as the map."""
        index, place, state = self._numbers[node.name], self._map(1), before[0]
        counts = len({each.map for each in before}) > 1 or state.wide is None or not state.reach.is_regular
        kernel = Letter(self._name("K", index), state.reach.cells, f"cells of the map that {node.name} sees")
        for each in {each.map: each for each in before}.values():
            cells = kernel.symbol if self.in_letters and not counts else number(each.reach.cells)
            self._edges.append((each.map, place, cells, *SAME[1:]))
        if counts or state.wide is None:
            size = Rule(self._name("r", index), number(reach.size), (f"{node.name} sees all cells of its map",))
            self.rows.append(Row(index, node.name, size))
            return State(place, size.target, ZERO, ZERO, reach.size, reach, None)
        size = Rule(self._name("r", index), size_form(state, kernel), (f"{node.name} sees its whole map",))
        row = Row(index, node.name, size, None, None, (kernel,))
        self.rows.append(row)
        wide = state.wide + (kernel.value - 1) * int(state.reach.jump)
        return State(place, size.target, ZERO, ZERO, wide, reach, None if state.path is None else (*state.path, row))

    def _merged(self, node: Node, before: list[State], reach: Reach) -> State:
        """The larger field; where none holds the others, from the first cell of any to the last."""
        whole = [state for state in before if state.reach.is_whole]
        if whole and len(whole) < len(before):
            return next(state for state in whole if state.reach.size == reach.size)
        place, index = self._map(reach.cells), self._numbers[node.name]
        self._edges += [(each, place, *SAME) for each in dict.fromkeys(state.map for state in before)]
        widest = max(before, key=lambda state: state.reach.size)
        counts = reach.is_whole or not reach.is_regular or reach.size != widest.reach.size
        forms = tuple(dict.fromkeys(state.size for state in before))
        starts = tuple(dict.fromkeys(state.start for state in before))
        size, start = None, None
        if reach.is_whole or reach.size != widest.reach.size:
            why: Phrase = (f"{node.name}: from the first cell of any branch to the last",)
            size = Rule(self._name("r", index), number(reach.size), why)
        elif len(forms) > 1:
            size = Rule(self._name("r", index), Call("max", forms), (f"{node.name}: the larger field",))
        if self.with_start and len(starts) > 1:
            start = Rule(self._name("s", index), Call("min", starts), (f"{node.name}: the smaller start",))
        if size or start:
            self.rows.append(Row(index, node.name, size, None, start))
        return State(
            place,
            size.target if size else widest.size,
            widest.jump,
            start.target if start else widest.start,
            reach.size if reach.is_regular else None,
            reach,
            None if counts else widest.path,
        )

    def _name(self, letter: str, index: int) -> Symbol:
        return numbered(letter, index, self.mark)

    # the same by counting

    def windows(self, name: str) -> Form:
        """The windows between the input and a layer, as the judge follows them back."""
        needed, edges = {self.states[name].map}, []
        for edge in reversed(self._edges):
            if edge[1] in needed:
                needed.add(edge[0])
                edges.append(edge)
        if not edges:
            edges = [(0, 1, *SAME)]
        return Matrix(tuple((number(a), number(b), *rest) for a, b, *rest in reversed(edges)))

    def counted(self, name: str) -> Form:
        """The size of a layer's field by counting."""
        state = self.states[name]
        if not state.reach.is_whole:
            return Call("field_size", (self.windows(name),))
        borders = Matrix(tuple((number(side),) for side in self._sides[: state.map + 1]))
        return Call("field_whole", (self.windows(name), borders))

    def shown(self, name: str) -> tuple[Form, Phrase]:
        """The size of a layer's field from its last formula, and what the borders of the input do to it."""
        state, image = self.states[name], self.states[self.origin].reach.cells
        if not state.reach.is_whole:
            return state.size, ()
        if state.wide == state.reach.size:
            whole = "the whole input" if state.wide == image else "nothing of it lies in the padding"
            return state.size, (whole,)
        if state.reach.size == image:
            return Call("min", (state.size, number(image))), ("the whole input, the rest is padding",)
        return number(state.reach.size), ("counted: padding is no input, and left-over cells are not seen",)


def ancestors(network: Network, found: Fields, names: Sequence[str], origin: str) -> list[Node]:
    """The layers between the input and those of these names, in order.

    Raises:
        InputError: one of them has no field, or sees nothing of the input.
    """
    for name in names:
        if name not in found and name not in found.refused:
            raise InputError(f"{name} sees nothing of {origin}")
        found[name]
    needed, nodes = set(names), []
    for node in reversed(network.nodes):
        if node.name in needed and node.name in found and node.name != origin:
            nodes.append(node)
            needed.update(node.sources)
    return nodes[::-1]
