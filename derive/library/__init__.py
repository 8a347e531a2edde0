"""What scripts and notebooks call: questions, graphs and exams as Python objects, SymPy going in and coming out."""

from __future__ import annotations

from derive.library.exam import Exam
from derive.library.graph import Graph, Node
from derive.library.solution import Solution, SolvedAnswer, solve

__all__ = ["Exam", "Graph", "Node", "Solution", "SolvedAnswer", "solve"]
