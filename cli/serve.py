"""`minhchung serve`: GraphQL and its explorer, health and metrics."""

import logging

import typer

from cli.console import logs_to_stderr


def register(app: typer.Typer) -> None:
    """Add the subcommand."""

    @app.command()
    def serve() -> None:
        """Phục vụ GraphQL trên 127.0.0.1 · Serve GraphQL on 127.0.0.1."""
        logs_to_stderr("serve")
        # it would log each socket with the address it asked for, and requests are not logged either
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        import resource

        import uvicorn

        from api.devices.onvif import OnvifPtz
        from api.graphql.schema import build
        from api.http.app import application as http_application
        from api.http.slow_clients import server_settings
        from api.services import Jobs, Reads, Services, Writes
        from cli.footage import stored_footage
        from cli.settings import load, resolve
        from cli.wiring import application, gateways, identity_provider, rulebook, signed_urls
        from store.camera_access import CameraAccess
        from store.credentials import Credentials
        from store.keys import KeyFolder

        settings = load()
        endpoints = resolve(settings, nats=False)
        # every socket is an open file, and many systems allow a process a thousand unless it asks for more
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        role = "minhchung_serve"
        with application(endpoints, role=role) as cases:
            rules = rulebook()
            datastore = cases.factory.datastore  # type: ignore[attr-defined] # our factory has one
            services = Services(
                app=cases,
                credentials=Credentials(datastore),
                keys=cases.factory.keys,  # type: ignore[attr-defined] # as above
                camera_access=CameraAccess(datastore, KeyFolder(endpoints.keys)),
                rulebook=rules,
                reads=Reads(endpoints.database_url, role=role),
                writes=Writes(),
                footage=stored_footage(endpoints, writer=f"serve-{settings.port}"),
                urls=signed_urls(endpoints),
                jobs=Jobs(),
                gateways=gateways(settings, endpoints),
                ptz=OnvifPtz(CameraAccess(datastore, KeyFolder(endpoints.keys))),
                identity_provider=identity_provider(settings),
            )
            uvicorn.run(
                http_application(build(), services, proxies=settings.trusted_proxies),
                host="127.0.0.1",
                port=settings.port,
                log_config=None,
                access_log=False,
                **server_settings(),
            )
