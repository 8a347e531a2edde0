"""What an audit found, as a document."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.exam.sheet import Sheet
from derive.notation.form import Derivative, Form, Relation, Symbol, Text
from derive.record import Phrase
from derive.render.documents import language
from derive.render.templates import fill

if TYPE_CHECKING:
    from derive.exam.audit.auditing import Audit, Compared, PartAudit

_AUDIT = "reports/audit"


def render_audit(audit: Audit, format: str) -> str:
    """The source of the report on a key; `format` is tex or typ."""
    _, env = language(format, None)
    sheet = Sheet(audit.title, Fraction(0), ())
    values: dict[str, object] = {
        "sheet": sheet, "warning": "", "audit": audit, "claimed": claimed, "derived": derived,
    }  # fmt: skip
    return str(fill(env, _AUDIT, format, [_AUDIT], values))


def claimed(part: PartAudit) -> tuple[Phrase, ...]:
    """The claims of a part, each behind its quantity where there are several."""
    return tuple(_behind_name(part, each, each.claimed) for each in part.compared)


def derived(part: PartAudit) -> tuple[Phrase, ...]:
    """What is right, in the same way."""
    return tuple(_behind_name(part, each, each.derived) for each in part.compared)


def _behind_name(part: PartAudit, each: Compared, form: Form) -> Phrase:
    if isinstance(form, Text):
        return (form.text,)
    if len(part.compared) == 1:
        return (form,)
    if isinstance(each.label, (Symbol, Derivative)):
        return (Relation("=", each.label, form),)
    return (f"{each.name}: ", form)
