"""The `derive` command. Each command imports what it needs when it runs, so that help and input errors come at once."""

from __future__ import annotations

import gc
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from derive.cli.progress import Progress
from derive.errors import DeriveError

app = typer.Typer(
    help="Worked solutions of deep-learning exam questions, checked line by line.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Exit status: 0 done, 1 the mathematics or a claim is wrong, 2 the input is wrong, 3 the program itself. "
    "--debug shows where in the program an error came from.",
)


class Engine(StrEnum):
    """What makes the PDF."""

    auto = "auto"
    pdflatex = "pdflatex"
    typst = "typst"


class Mode(StrEnum):
    """The rounding policies."""

    exact = "exact"
    full = "carry-full"
    rounded = "carry-rounded"


ExamFiles = Annotated[list[Path], typer.Argument(metavar="EXAM.yaml...", help="Exam files.")]
Detail = Annotated[int, typer.Option(min=0, max=3, help="0 answers, 1 exam key, 2 teaching, 3 every rule.")]
RoundingMode = Annotated[Mode, typer.Option(help="How numbers are shown.")]
Digits = Annotated[int, typer.Option(min=1, max=30, help="Significant digits shown.")]
EngineChoice = Annotated[Engine, typer.Option(help="What makes the PDF; auto takes pdflatex where it is complete.")]
Force = Annotated[bool, typer.Option("--force", help="Print what is not verified, with a warning on every document.")]


@app.command()
def build(
    exams: ExamFiles,
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder to write to.")] = Path("out"),
    kinds: Annotated[str, typer.Option("--as", help="Kinds of document.")] = "exam,solution,rubric,answers",
    formats: Annotated[str, typer.Option("--format", help="Of pdf, tex, typ, txt, json.")] = "pdf,tex",
    detail: Detail = 2,
    engine: EngineChoice = Engine.auto,
    templates: Annotated[Path | None, typer.Option(help="A folder of templates that go before the built-in.")] = None,
    force: Force = False,
) -> None:
    """Build the documents of exams: questions, worked solution, rubric, answers."""
    from derive.cli.documents import Wanted, build_exams

    wanted = Wanted(_listed(kinds), _listed(formats), detail, engine.value, templates, force)
    with Progress() as tick:
        for path in build_exams(exams, out, wanted, tick):
            typer.echo(path)


@app.command()
def solve(
    ask: Annotated[str, typer.Argument(metavar="TYPE", help="A question type; `derive questions` lists them.")],
    givens: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="Givens; a value is YAML.")] = None,
    given: Annotated[Path | None, typer.Option(help="A YAML file of givens; those named one by one win.")] = None,
    format: Annotated[str, typer.Option(help="text, tex, json or pdf.")] = "text",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file (a PDF: TYPE.pdf).")] = None,
    detail: Detail = 2,
    rounding: RoundingMode = Mode.full,
    digits: Digits = 4,
    engine: EngineChoice = Engine.auto,
    force: Force = False,
) -> None:
    """Solve one question."""
    from derive.cli.single import Wanted, solve_question
    from derive.record import Conventions, Rounding

    conventions = Conventions(Rounding(rounding.value, digits))
    wanted = Wanted(format, out, detail, conventions, engine.value, force)
    text, verified = solve_question(ask, givens or [], given, wanted)
    typer.echo(text)
    raise typer.Exit(0 if verified or force else 1)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE.tex", help="A LaTeX file, whoever wrote it.")],
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    undecided: Annotated[bool, typer.Option("--undecided", help="List what could not be decided, too.")] = False,
) -> None:
    """Check every equality in a LaTeX file: it holds, fails, or cannot be decided."""
    from derive.cli.checking import check_file

    report, holds = check_file(file, format, undecided)
    typer.echo(report)
    raise typer.Exit(0 if holds else 1)


@app.command()
def audit(
    key: Annotated[Path, typer.Argument(metavar="KEY.yaml", help="Claimed answers, part by part.")],
    format: Annotated[str, typer.Option(help="table, json, tex, typ or pdf.")] = "table",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file (a PDF: KEY-audit.pdf).")] = None,
    engine: EngineChoice = Engine.auto,
) -> None:
    """Derive every part of a key from its givens alone and compare the claims."""
    from derive.cli.auditing import audit_key

    with Progress() as tick:
        report, is_fine = audit_key(key, format, out, engine.value, tick)
    typer.echo(report)
    raise typer.Exit(0 if is_fine else 1)


@app.command()
def questions(
    ask: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="Show the givens of this type.")] = None,
) -> None:
    """List the question types, or describe one: its givens, units and an example."""
    from derive.cli.listing import describe, overview

    typer.echo(overview() if ask is None else describe(ask))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the exam file, for editors."""
    import json

    from derive.exam.schema import exam_schema

    typer.echo(json.dumps(exam_schema(), indent=2, ensure_ascii=False))


@app.command()
def stress(
    what: Annotated[str, typer.Argument(metavar="TYPE|EXAM.yaml", help="A question type, or an exam file.")],
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many draws.")] = 200,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
    rounding: RoundingMode = Mode.full,
    digits: Digits = 4,
) -> None:
    """Solve many random draws of a question type, check each, and read it back from its own print."""
    from derive.cli.trials import run_stress
    from derive.record import Rounding

    with Progress(count) as tick:
        report, passed = run_stress(what, count, seed, Rounding(rounding.value, digits), tick)
    typer.echo(report)
    raise typer.Exit(0 if passed else 1)


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def main() -> None:
    """Run the command; an error on purpose is one sentence on stderr, without a traceback."""
    gc.set_threshold(50_000, 20, 50)  # most of what a run makes it keeps: looking for garbage often finds none
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    try:
        app(args=[argument for argument in arguments if argument != "--debug"], prog_name="derive")
    except DeriveError as error:
        if debug:
            raise
        typer.echo(str(error), err=True)
        sys.exit(error.exit_status)
    except Exception as error:
        if debug:
            raise
        typer.echo(f"a mistake in the program, {type(error).__name__}: {error}; --debug shows where", err=True)
        sys.exit(3)
