"""Whether the process lives, whether it can serve, and how far the read models are behind (R-QT-4.2.0)."""

from collections.abc import Iterator

import psycopg
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.live import Live
from api.services import Services
from projections import FOLLOWERS, READ_MODELS
from projections.position import Standing, dead_letters, standings


def routes(services: Services, live: Live) -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`."""

    async def healthz(_: Request) -> Response:
        """The process answers."""
        return JSONResponse({"alive": True})

    async def readyz(_: Request) -> Response:
        """The log can be read and no read model has stopped at an event; the outbox is told, and not waited for."""
        try:
            found = await services.reads(standings, FOLLOWERS)
        except (psycopg.Error, PoolTimeout):
            return JSONResponse({"ready": False, "problem": "the database cannot be reached"}, 503)
        stopped = [standing.problem for standing in found if standing.problem]
        ready = not any(standing.problem for standing in found if standing.name in READ_MODELS)
        return JSONResponse(
            {
                "ready": ready,
                "followers": {s.name: {"position": s.position, "behind": s.behind} for s in found},
                **({"problem": "; ".join(stopped)} if stopped else {}),
            },
            200 if ready else 503,
        )

    async def metrics(_: Request) -> Response:
        """Prometheus metrics; 0 for `minhchung_up` while the database is away."""
        registry = CollectorRegistry()
        try:
            found = await services.reads(standings, FOLLOWERS)
            registry.register(Figures(found, await services.reads(dead_letters), live))
        except (psycopg.Error, PoolTimeout):
            registry.register(Figures(None, {}, live))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


class Figures(Collector):
    """The followers' standing, the dead letters and the subscribers at the moment of asking."""

    def __init__(self, found: list[Standing] | None, dead: dict[tuple[str, str], int], live: Live) -> None:
        self._found = found
        self._dead = dead
        self._live = live

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give one family a figure, labelled by follower."""
        yield GaugeMetricFamily("minhchung_up", "1 when the log can be read", 0 if self._found is None else 1)
        yield GaugeMetricFamily(
            "minhchung_subscribers", "Subscriptions that are open here", len(self._live.subscribers)
        )
        yield GaugeMetricFamily(
            "minhchung_live_position", "Last position told to subscribers", self._live.position
        )
        position = GaugeMetricFamily(
            "minhchung_follower_position", "Last applied position", labels=["follower"]
        )
        behind = GaugeMetricFamily(
            "minhchung_follower_behind", "Positions between the follower and the head", labels=["follower"]
        )
        stopped = GaugeMetricFamily(
            "minhchung_follower_stopped", "1 when an event cannot be applied", labels=["follower"]
        )
        for standing in self._found or ():
            position.add_metric([standing.name], standing.position)
            behind.add_metric([standing.name], standing.behind)
            stopped.add_metric([standing.name], 1 if standing.problem else 0)
        dead = GaugeMetricFamily(
            "minhchung_dead_letters", "Messages that could not be taken", labels=["consumer", "reason"]
        )
        for (consumer, reason), count in self._dead.items():
            dead.add_metric([consumer, reason], count)
        yield from (position, behind, stopped, dead)
