"""What all questions about optimizers share: which rule, with which constants, from which parameters and states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.conventions import convention
from derive.errors import InputError, UnknownName
from derive.graph.arrays import Array
from derive.graph.graph import matrix_form, one_based
from derive.notation.build import ZERO, number
from derive.notation.form import Form, Product, Symbol
from derive.notation.names import arrays_of
from derive.notation.symbols import element, parse_symbol, symbol_name
from derive.questions.fields import Definitions, Expression, Name, Values, numeric, to_form, to_values
from derive.questions.graph import GraphGradient
from derive.questions.graph_question import Known
from derive.record import Phrase
from derive.training.optimizers import form_names, forms, names, optimizer
from derive.training.rule import (
    CORRECTED,
    EPSILON,
    ETA,
    LAM,
    ROOT,
    Rule,
    W,
    calls,
    check_setting,
    phrase_of,
    settings_of,
    settled,
)
from derive.training.update import Update

State = Form | dict[Symbol, Form]
"""A state of all parameters alike, or parameter by parameter."""


def to_states(value: Any) -> dict[str, State]:
    """For each state one value, or a mapping from parameters to values."""
    if not isinstance(value, Mapping):
        raise InputError("a mapping from states to values is needed")
    return {
        str(name): to_values(item) if isinstance(item, Mapping) else to_form(item) for name, item in value.items()
    }  # fmt: skip


States = Annotated[
    dict[str, State],
    BeforeValidator(to_states),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["number", "string", "object"]}}),
]


class OptimizerQuestion(GraphGradient):
    """Base of questions about an optimizer on the parameters of a graph."""

    graph: Definitions = Field({}, description="the graph whose gradients are used")
    of: Name = Field(parse_symbol("L"), description="the loss, a quantity of the graph")
    known: Known = Field("nothing", description="what an earlier part has found already: nothing, forward or gradient")
    optimizer: str = Field(description=f"one of {', '.join(names())}")
    form: str = Field(
        "",
        description=f"which rule of that name, the first if not said: {forms()}",
        json_schema_extra=convention(*form_names()),
    )
    rate: Expression | None = Field(None, description="the learning rate")
    settings: Values = Field(
        {}, description="other constants, such as beta_1, epsilon or lam (weight decay); defaults as published"
    )
    epsilon_in_root: bool | None = Field(
        None,
        description="whether ε stands under the root; as published if not said",
        json_schema_extra=convention(),
    )
    bias_correction: bool | None = Field(
        None,
        description="whether moments are bias corrected; as published if not said",
        json_schema_extra=convention(),
    )
    state: States = Field(
        {}, description="what the step before left, or what the first one starts from: for each state (m, v) a value, "
        "or values by parameter",
    )  # fmt: skip

    @property
    def number(self) -> int:
        """The number of the step that is worked out."""
        return 1

    def given_gradients(self, names: Mapping[Symbol, Form]) -> dict[Symbol, Form]:
        """The gradients that the question gives, under the names of their parameters' gradients."""
        return {}

    def rule(self) -> Rule:
        """The rule with its options; what is given and does not fit it is refused."""
        entry = optimizer(self.optimizer, self.form)
        for name, form in self.settings.items():
            check_setting(entry, setting_name(name), _one_number(setting_name(name), form))
        for state, values in self.state.items():
            if state not in entry.state:
                raise UnknownName(f"state of {entry.name}", state, entry.state)
            self.check_parameters(values if isinstance(values, dict) else ())
        decay = self.settings.get(parse_symbol("lam"))
        decays = decay is not None and numeric(decay) != 0
        return settled(entry, self.epsilon_in_root, self.bias_correction, decays)

    def check_parameters(self, names: Iterable[Symbol]) -> None:
        """Raises UnknownName where one of the names is no parameter of the question."""
        for name in names:
            if name not in self.wrt:
                raise UnknownName("parameter", symbol_name(name), map(symbol_name, self.wrt))

    def constants(self, rule: Rule) -> dict[Symbol, Form]:
        """The learning rate and the settings that the rule uses, by their letters."""
        entry = rule.entry
        rate = self.rate if self.rate is not None else to_form(entry.rate) if entry.rate else None
        if rate is None:
            raise InputError("the learning rate is missing: rate")
        if _one_number("rate", rate) <= 0:
            raise InputError("the learning rate must be positive")
        values = {parse_symbol(name): to_form(text) for name, text in settings_of(entry).items()} | self.settings
        if not rule.decays and "lam" not in entry.settings:
            del values[parse_symbol("lam")]
        return {ETA: rate} | values

    def parameter(self, name: Symbol) -> Form:
        """The value of a parameter, or of an entry of an array, that is updated."""
        if name in self.at:
            return self.at[name]
        for root, _ in arrays_of(name):
            array = self.at.get(root)
            value = numeric(array) if array is not None else None
            if isinstance(value, Array) and name in (entries := entries_of_array(root, value)):
                return number(entries[name])
        raise InputError(f"the parameter {symbol_name(name)} has no value: at has none")

    def start_of(self, state: str, owner: Symbol) -> Form:
        """A state of one parameter before the step: as given, else 0; one that an earlier step left must be given."""
        given = self.state.get(state)
        value = given.get(owner) if isinstance(given, dict) else given
        what = f"{state} of {symbol_name(owner)}"
        if value is None and self.number > 1:
            raise InputError(f"step {self.number} needs the state {what} that the step before left")
        return _like(self.parameter(owner), value or ZERO, what)

    def states(self, update: Update) -> dict[Symbol, Form]:
        """The states of one parameter before the step, under their names."""
        return {update.before(state): self.start_of(state, update.owner) for state in update.rule.entry.state}

    def asks(self, rule: Rule) -> Phrase:
        """What tells this rule from others of its name, without a capital and a full stop."""
        entry = rule.entry
        said: list[Phrase] = [phrase_of(entry.says)] if entry.says else []
        if calls(entry, CORRECTED):
            said.append((f"{'with' if rule.bias_correction else 'without'} bias correction",))
        if calls(entry, ROOT):
            said.append(("with ", EPSILON, f" {'under' if rule.epsilon_in_root else 'beside'} the root"))
        if rule.decays:
            said.append(("with the weight decay ", Product((LAM, W)), " added to the gradient"))
        return tuple(piece for k, phrase in enumerate(said) for piece in (("; ",) if k else ()) + phrase)

    def told(self, rule: Rule, with_options: bool = True) -> tuple[Phrase, ...]:
        """Which rule was taken, where it comes from, and where published defaults differ from those of PyTorch."""
        entry = rule.entry
        more = f"; {entry.differs}" if entry.differs else ""
        title = entry.called[:1].upper() + entry.called[1:]
        options = self.asks(rule) if with_options else ()
        source = phrase_of(f": {entry.source}{more}." if entry.source else ".")
        return ((title, " (", *options, ")", *source),) if options else ((title, *source),)


def sentence(phrase: Phrase) -> Phrase:
    """A phrase as a sentence behind others; nothing of nothing."""
    if not phrase:
        return ()
    first = phrase[0]
    start = f" {first[:1].upper()}{first[1:]}" if isinstance(first, str) else first
    return (start, *phrase[1:], ".")


def entries_of_array(name: Symbol, array: Array, owner: Symbol | None = None) -> dict[Form, Any]:
    """The entries of an array by their names; a state is counted as its parameter is."""
    places = one_based(owner or name, array.shape)
    return {element(name, *at): item for at, item in zip(places, array.items, strict=True)}


def by_name(name: Symbol, value: Any, owner: Symbol | None = None) -> dict[Form, Any]:
    """A value under its name, an array also entry by entry."""
    return {name: value, **(entries_of_array(name, value, owner) if isinstance(value, Array) else {})}


def _like(parameter: Form, value: Form, what: str) -> Form:
    """A state in the shape of its parameter; one number stands for all entries of an array."""
    shape, own = numeric(parameter), numeric(value)
    if not isinstance(shape, Array):
        if isinstance(own, Array):
            raise InputError(f"the state {what} must be one number")
        return value
    if isinstance(own, Array):
        if own.shape != shape.shape:
            raise InputError(f"the state {what} does not have the shape of its parameter")
        return value
    return matrix_form(shape.shape, [value] * len(shape.items))


def setting_name(letter: Symbol) -> str:
    """What users call a setting: lam for λ, since Python reserves the whole word."""
    name = symbol_name(letter)
    return "lam" if name == "lambda" else name


def _one_number(name: str, form: Form) -> Any:
    value = numeric(form)
    if isinstance(value, Array):
        raise InputError(f"{name} must be one number")
    return value
