"""Questions about architectures: what all of them have in common, and the shapes along a network."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.conventions import convention
from derive.errors import InputError, UnknownName
from derive.network.builder import Builder
from derive.network.layers.base import Framework
from derive.network.network import Network, read_network
from derive.network.working.shapes import SHAPE, answer, premises, shape_form, shape_steps
from derive.network.working.sizing import all_sizes, letter_steps, placed_in, shape_step
from derive.network.working.written import Written
from derive.notation.form import Symbol, Text
from derive.notation.words import joined
from derive.notation.worksheet import Worksheet
from derive.questions.base import Question
from derive.questions.fields import Positive
from derive.questions.finish import finished
from derive.questions.network_draws import draw_convolution, draw_network
from derive.questions.network_rules import rules_of
from derive.record import Answer, Conventions, Derivation, Given, Listing, Phrase, Step

LayerGiven = str | dict[str, Any]
"""A layer as text, as a mapping of its kind to settings, or with a name of its own."""
Found = tuple[tuple[Given, ...], tuple[Step, ...], tuple[Answer, ...]]
"""What a question is worked out to."""
HANDFUL = 2
"""So many layers are worked in letters with superscripts; more in a table."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


LayerNames = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""The name of a layer or a list of names."""


class NetworkQuestion(Question):
    """Base of the questions about a network: its input, its layers, how it is written down."""

    input: tuple[Positive, ...] = Field(
        min_length=1, max_length=4, description="shape of the input: height, width, channels unless order says CHW"
    )
    net: list[LayerGiven] = Field(
        min_length=1,
        description="the layers, as in conv2d(filters=5, kernel=7); {conv1: conv2d(...)} names one",
    )
    order: Literal["HWC", "CHW"] = Field(
        "HWC",
        description="whether channels stand last or first in a shape",
        json_schema_extra=convention(),
    )
    framework: Framework = Field(
        "keras",
        description="whose order of axes and whose biases: keras or pytorch",
        json_schema_extra=convention(),
    )

    def network(self) -> Network:
        """The network that is asked about.

        Raises:
            InputError: a layer is unknown, wrong, or does not fit what comes before it.
        """
        try:
            return read_network(self.net, self.input, self.framework, self.order)
        except InputError as error:
            raise error.at(path="net") from None

    @classmethod
    def under(cls, givens: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
        """In another order of axes the input is the same one: its channels move as well."""
        changed = super().under(givens, name, value)
        size = givens.get("input")
        if name == "order" and isinstance(size, Sequence) and len(size) > 1:
            changed["input"] = [size[-1], *size[:-1]] if value == "CHW" else [*size[1:], size[0]]
        return changed

    def asked_for(self, results: int) -> int:
        """The results, and four layers for one of them."""
        return results + (len(self.net) + 2) // 4

    def sheet(
        self, title: str, prompt: Phrase, network: Network, found: Found, conventions: Conventions, words: bool = True
    ) -> Derivation:
        """The finished derivation, with the code of the network and what the sheet must state about it.

        Args:
            words: whether the prompt names a layer that stands alone, so that no code needs to be printed.
        """
        listings = () if words and len(network.nodes) == 1 else self.listing()
        givens, steps, answers = found
        done = Derivation(title, prompt, givens, steps, answers, conventions, listings=listings)
        return finished(done, *rules_of(network, bool(listings)))

    def listing(self) -> tuple[Listing, ...]:
        """The layers by name, as they were given."""
        builder = Builder((*self.input[1:], self.input[0]) if self.order == "CHW" else self.input)
        names = []
        for item in self.net:
            before = len(builder.nodes)
            builder.read(item)
            names.append(builder.nodes[before].name.split(".")[0])
        return listing_of(self.net, names)


def listing_of(net: Sequence[LayerGiven], names: Sequence[str]) -> tuple[Listing, ...]:
    """The layers of a network as they were given, each behind its name; a name of the user's own comes first."""
    texts = [_as_text(item) for item in net]
    named = [(own or name, text) for (own, text), name in zip(texts, names, strict=True)]
    width = max(len(name) for name, _ in named)
    return (Listing("\n".join(f"{name:<{width}} = {text}" for name, text in named), "text"),)


def _as_text(item: LayerGiven) -> tuple[str, str]:
    """The name that a layer was given ("" for none), and the layer as text."""
    if isinstance(item, str):
        return "", item
    (key, value), *_ = item.items()
    if isinstance(value, str):
        return str(key), value
    if len(value or {}) == 1 and isinstance(inner := next(iter(value.values())), Mapping):
        return str(key), _call(str(next(iter(value))), inner)
    return "", _call(str(key), value or {})


def _call(kind: str, settings: Mapping[str, Any]) -> str:
    """A layer that was given as a mapping, written as a call; the layers of a block stand first, without a name."""
    inner = [_inside(each) for each in settings.get("layers", ())]
    return f"{kind}({', '.join(inner + [f'{k}={_value(v)}' for k, v in settings.items() if k != 'layers'])})"


def _value(given: Any) -> str:
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(_inside, given))}]"
    return _inside(given)


def _inside(given: Any) -> str:
    """A layer inside another one, with its name if it has one; or a plain value."""
    name, text = _as_text(given) if isinstance(given, (str, dict)) else ("", str(given))
    return f"{name}: {text}" if name else text


def known_layers(network: Network, names: tuple[str, ...]) -> tuple[str, ...]:
    """The asked layers, each once.

    Raises:
        UnknownName: there is no layer of that name.
    """
    known = [node.name for node in network.nodes]
    for name in names:
        if name not in known:
            raise UnknownName("layer of the network", name, known).at(path="of")
    return tuple(dict.fromkeys(names))


class NetworkOutputShape(NetworkQuestion):
    """The shapes of layers' outputs: formula, numbers, value for one, a table for a network."""

    ask: ClassVar[str] = "network.output_shape"
    example: ClassVar[dict[str, Any]] = {
        "input": [26, 26, 26],
        "net": ["conv2d(filters=5, kernel=7, stride=3, padding=1)"],
    }

    of: LayerNames = Field((), description="the layers whose output is asked for; the last one if not said")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random layer, or a network of several."""
        if rng.random() < 0.4:
            return draw_convolution(rng)
        return draw_network(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """Each axis of each layer up to the asked ones; the shapes."""
        network = self.network()
        asked = known_layers(network, self.of) or (network.nodes[-1].name,)
        if len(network.nodes) == 1:
            return self._one(network, conventions)
        size = shape_form(network.input, self.order)
        of: Phrase = (" of ", joined(asked)) if self.of else (" of the last layer",)
        shapes = "shapes of the outputs" if len(asked) > 1 else "shape of the output"
        prompt: Phrase = (f"Find the {shapes}", *of, " for an input of ", size, ".")
        written = Written(network)
        path = written.ancestors(asked)
        layers = {each.node.name for each in placed_in(written, path)}
        found = self._letters(written, asked) if len(layers) <= HANDFUL else self._table(network, asked)
        return self.sheet("Output shapes", prompt, network, found, conventions)

    def _one(self, network: Network, conventions: Conventions) -> Derivation:
        """Height, width, channels, shape of the output of a single layer."""
        layer = network.nodes[0].layer
        steps = shape_steps(layer, network.input, Worksheet(conventions), order=self.order)
        target = steps[-1].target
        assert target is not None
        answers = (answer("shape", network.output, target, self.order),)
        size = shape_form(network.input, self.order)
        prompt: Phrase = (f"Find the shape of the output of {layer.words} for an input of ", size, ".")
        found = (premises(layer, network.input), tuple(steps), answers)
        return self.sheet("Output size", prompt, network, found, conventions)

    def _letters(self, written: Written, asked: tuple[str, ...]) -> Found:
        """Letters with the number of their layer."""
        path = written.ancestors(asked)
        rules = [each.rule for each in placed_in(written, path)]
        steps = letter_steps(written, path)
        answers = []
        for name in asked:
            target = SHAPE if len(asked) == 1 else Symbol("shape", sup=str(written.number[name]))
            axis = written.axes[name][0]
            if len(written.axes[name]) == 1 and axis in written.sizes:
                target = axis
            else:
                steps.append(shape_step(written, name, target, (name,) if len(asked) > 1 else ()))
            key = "shape" if len(asked) == 1 else name
            answers.append(answer(key, written.network.sizes[name], target, self.order))
        used = [name for asked_name in asked for name in written.axes[asked_name]]
        givens = dict.fromkeys((*written.premises(rules, shown=True), *written.stated(used, shown=True)))
        return tuple(givens), tuple(steps), tuple(answers)

    def _table(self, network: Network, asked: tuple[str, ...]) -> Found:
        """A row for each layer; what is asked stands in boxes."""
        written = Written(network, folds=True)
        path = written.ancestors(asked)
        names = {asked[0]: "shape"} if len(asked) == 1 else {name: name for name in asked}
        steps, givens = all_sizes(written, path, names).table()
        labels = {name: None if len(asked) == 1 else Text(name) for name in asked}
        found = [answer(names[name], network.sizes[name], labels[name], self.order) for name in asked]
        return tuple(givens), tuple(steps), tuple(found)
