"""`minhchung schema`: the GraphQL schema in its own language, as committed in schema.graphql."""

import sys

import typer


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def schema() -> None:
        """In lược đồ GraphQL · Print the GraphQL schema."""
        from api.graphql.schema import build

        sys.stdout.write(build().as_str() + "\n")
