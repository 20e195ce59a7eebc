"""Random valid selections on a list, written from the schema: aliases, fragments, conditions, nested objects."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

DEPTH = 3
SLOW = 0.04
"""How often a field that is a list, or takes an argument, is among those selected: no page with one is compiled."""


@dataclass
class Selection:
    """One document, being written."""

    chance: Random
    schema: GraphQLSchema
    fragments: list[str] = field(default_factory=list)
    variables: dict[str, bool] = field(default_factory=dict)

    def document(self, name: str, arguments: str) -> tuple[str, dict[str, Any]]:
        """An operation on the list of that name, and its variables."""
        root = self.schema.query_type
        assert root is not None
        shown = get_named_type(root.fields[name].type)
        assert isinstance(shown, GraphQLObjectType)
        body = f"{{ {self.alias()}{name}({arguments}) {self.of(shown, DEPTH)} }}"
        text = " ".join([body, *self.fragments])
        used = {name: value for name, value in self.variables.items() if f"${name})" in text}
        heads = ", ".join(f"${name}: Boolean!" for name in used)
        return f"query{f'({heads})' if heads else ''} {text}", used

    def of(self, shown: GraphQLObjectType, depth: int) -> str:
        """What is selected on a type."""
        fields = [*shown.fields.items()]
        chosen = [
            self.one(name, f, depth) for name, f in self.chance.sample(fields, len(fields))[: self.few()]
        ]
        parts = [part for part in chosen if part]
        if self.chance.random() < 0.3 or not parts:
            parts.insert(self.chance.randrange(len(parts) + 1), f"{self.alias()}__typename")
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            a, b = sorted(self.chance.choices(range(len(parts) + 1), k=2))
            if a < b:
                parts[a:b] = [self.fragment(shown, " ".join(parts[a:b]))]
        return f"{{ {' '.join(parts)} }}"

    def one(self, name: str, shown: GraphQLField, depth: int) -> str:
        """One field, with what is selected in it; nothing where it would go too deep."""
        kind = get_named_type(shown.type)
        if any(is_required_argument(argument) for argument in shown.args.values()):
            return ""
        many = "[" in str(shown.type)
        if (many or shown.args) and name not in {"nodes", "edges"} and self.chance.random() > SLOW:
            return ""
        asked = f"{self.alias()}{name}{self.condition()}"
        if is_leaf_type(kind):
            return asked
        if depth == 0 or not isinstance(kind, GraphQLObjectType):
            return ""
        return f"{asked} {self.of(kind, depth - 1)}"

    def fragment(self, shown: GraphQLObjectType, parts: str) -> str:
        """The same fields, in a fragment inline or by name, perhaps twice."""
        match self.chance.randrange(4):
            case 0:
                return f"...{self.condition()} {{ {parts} }}"
            case 1:
                return f"... on {shown.name}{self.condition()} {{ {parts} }}"
            case 2:
                return f"{parts} ... on {shown.name} {{ {parts} }}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {shown.name} {{ {parts} }}")
        return f"...{name}{self.condition()}"

    def condition(self) -> str:
        """A directive, or none."""
        if self.chance.random() > 0.15:
            return ""
        directive = self.chance.choice(("include", "skip"))
        if self.chance.random() < 0.5:
            return f" @{directive}(if: {self.chance.choice(('true', 'false'))})"
        variable = f"v{self.chance.randrange(3)}"
        self.variables.setdefault(variable, self.chance.random() < 0.5)
        return f" @{directive}(if: ${variable})"

    def alias(self) -> str:
        """Another name, mostly none; two fields never share one."""
        if self.chance.random() > 0.15:
            return ""
        self._named = getattr(self, "_named", 0) + 1
        return f"a{self._named}: "

    def few(self) -> int:
        """How many fields."""
        return self.chance.choice((1, 2, 3, 5, 8))
