"""Scenes at a junction with a signal: who drives when, what the signal shows, and who in truth ran the red light.

A scene is a function of its seed.  Metres on the ground, seconds from the first frame; `drawing` turns it into pixels.
A vehicle ran the red light when its front entered on red and the whole of it passed the stop line on red.
Scenes in which a passage lies within a quarter of a second of not being that are thrown away: nobody could judge them;
so are those in which somebody passes on red as the picture begins or ends, or hidden behind another vehicle.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.training import drawing
from detection.training.drawing import STOP_LINE_Z, Appearance, Body, Light, SignalPhase

Kind = Literal["car", "motorcycle", "bus", "truck"]
CLASSES: tuple[Kind, ...] = ("car", "motorcycle", "bus", "truck")
GRACE_S = 1.0
"""What must have passed since the signal turned red: a long vehicle that entered on amber is let through."""

MARGIN_S = 0.25
EDGE_S = 0.6
LEAST_VISIBLE = 0.4
STEP_S = 0.05
AHEAD, ONCOMING, LEFTWARD, RIGHTWARD = "ahead", "oncoming", "leftward", "rightward"
LANES: tuple[tuple[float, tuple[Kind, ...]], ...] = (
    (2.0, ("car", "car", "bus")),
    (5.4, ("car", "car", "truck")),
    (8.2, ("motorcycle",)),
)
"""Our lanes by their distance from the middle of the road, and who drives there."""

SIZES: dict[Kind, tuple[float, float, float]] = {  # width, length, height
    "car": (1.8, 4.2, 1.5),
    "motorcycle": (0.75, 1.9, 1.65),
    "bus": (2.5, 9.5, 3.1),
    "truck": (2.3, 6.5, 2.7),
}


@dataclass(slots=True)
class Vehicle:
    """One vehicle on one straight path; `place` is where its front is along the path."""

    number: int
    kind: Kind
    path: str
    side: float
    speed: float
    runs: bool
    body: Body
    stop_gap: float
    front: float = 0.0
    now: float = 0.0
    committed: bool = False
    places: list[float] = field(default_factory=list)

    @property
    def length(self) -> float:
        """From bumper to bumper, in metres."""
        return self.body.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Violator:
    """A vehicle that in truth ran the red light, and when the whole of it had passed the stop line."""

    vehicle: int
    kind: Kind
    crossed_at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a perfect detector would say of one vehicle in one frame; the box is whole even where it is hidden."""

    vehicle: int
    kind: Kind
    xyxy: tuple[float, float, float, float]
    visible: float


class Scene:
    """One scene, drawn frame by frame, with its truth."""

    def __init__(
        self,
        seed: int,
        *,
        seconds: float = 9.0,
        fps: float = 10.0,
        light: Light | None = None,
        phases: tuple[tuple[SignalPhase, float], ...] | None = None,
        busy: float = 1.0,
    ) -> None:
        self.seed, self.seconds, self.fps = seed, seconds, fps
        self.look = Appearance(np.random.default_rng((seed, 7)), light)
        for attempt in itertools.count():
            rng = np.random.default_rng((seed, attempt))
            self.phases = phases or _cycle(rng, seconds)
            self.vehicles = _traffic(rng, seconds, self.phases, busy)
            _drive(self.vehicles, seconds, self.phases)
            judged = [_judge(v, self.phases, seconds) for v in self.vehicles if v.path == AHEAD]
            self.violators = tuple(v for v in judged if isinstance(v, Violator))
            if all(verdict is not None for verdict in judged) and all(map(self._can_be_seen, self.violators)):
                break

    @property
    def frame_count(self) -> int:
        """How many frames the scene has."""
        return int(self.seconds * self.fps)

    def frames(self) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """Each frame with its instant in seconds."""
        for n in range(self.frame_count):
            yield n / self.fps, self.frame(n / self.fps)

    def frame(self, at_s: float) -> NDArray[np.uint8]:
        """The picture at one instant, BGR."""
        return self.look.picture(self._bodies(at_s), phase_at(self.phases, at_s)[0], at_s)

    def labels(self, at_s: float) -> list[Label]:
        """The true boxes at one instant, with the share of each that can be seen."""
        bodies = self._bodies(at_s)
        shares = self.look.visible_shares([body for _, body in bodies])
        return [
            Label(vehicle=v.number, kind=v.kind, xyxy=box, visible=share)
            for (v, body), share in zip(bodies, shares, strict=True)
            if (box := drawing.box_of(body)) is not None
        ]

    def _can_be_seen(self, violator: Violator) -> bool:
        """Whether enough of a violator shows all the while it passes the line, past poles and other vehicles."""
        instants = violator.crossed_at_s + np.arange(-EDGE_S, EDGE_S + STEP_S, 2 * STEP_S)
        return all(
            label.visible >= LEAST_VISIBLE
            for at_s in instants.tolist()
            for label in self.labels(at_s)
            if label.vehicle == violator.vehicle
        )

    def _bodies(self, at_s: float) -> list[tuple[Vehicle, Body]]:
        """The vehicles where they stand, far ones first."""
        placed = [(v, _placed(v, at_s)) for v in self.vehicles]
        return sorted(((v, b) for v, b in placed if drawing.in_view(b)), key=lambda pair: -pair[1].z)


def phase_at(phases: tuple[tuple[SignalPhase, float], ...], at_s: float) -> tuple[SignalPhase, float]:
    """What the signal shows at an instant, and since when."""
    start = 0.0
    for phase, lasts in phases:
        if at_s < start + lasts:
            return phase, start
        start += lasts
    return phases[-1][0], start - phases[-1][1]


def _cycle(rng: np.random.Generator, seconds: float) -> tuple[tuple[SignalPhase, float], ...]:
    green = ("GREEN", float(rng.uniform(1.5, 3.5)))
    amber = ("AMBER", float(rng.uniform(1.2, 1.8)))
    red = ("RED", float(rng.uniform(4.0, 5.5)))
    order = (
        [green, amber, red]
        if rng.random() < 0.6
        else [("RED", float(rng.uniform(2.8, 4.0))), green, amber, red]
    )
    return tuple(itertools.islice(itertools.cycle(order), int(seconds) + 4))  # type: ignore[arg-type]


def _traffic(
    rng: np.random.Generator, seconds: float, phases: tuple[tuple[SignalPhase, float], ...], busy: float
) -> list[Vehicle]:
    made: list[Vehicle] = []

    def add(kind: Kind, path: str, side: float, arrives_s: float, *, runs: bool = False) -> None:
        width, length, height = (v * float(rng.uniform(0.93, 1.07)) for v in SIZES[kind])
        speed = float(rng.uniform(6.5, 10.5) if kind in {"car", "motorcycle"} else rng.uniform(5.5, 8.0))
        body = Body(
            kind=kind,
            width=width,
            length=length,
            height=height,
            paint=_paint(rng, kind),
            rider=_paint(rng, "car"),
        )
        lead = STOP_LINE_Z if path in {AHEAD, ONCOMING} else 0.0
        made.append(
            Vehicle(
                len(made),
                kind,
                path,
                side,
                speed,
                runs,
                body,
                float(rng.uniform(0.5, 1.8)),
                front=lead - speed * arrives_s,
                now=speed,
            )
        )

    for side, kinds in LANES:
        at = float(rng.uniform(0.2, 2.0))
        while at < seconds + 4:
            kind = _chosen(rng, kinds)
            spread = 0.7 if kind == "motorcycle" else 0.25
            add(kind, AHEAD, side + float(rng.uniform(-spread, spread)), at)
            at += float(rng.exponential(2.2 / busy)) + (0.9 if kind == "motorcycle" else 2.2)
    start = 0.0
    for phase, lasts in phases:
        if phase == "RED" and start < seconds:
            for _ in range(int(rng.integers(0, 3))):
                kind = _chosen(rng, ("car", "motorcycle", "motorcycle", "truck"))
                side = float(rng.choice((3.7, 6.9, 8.6) if kind == "motorcycle" else (2.0, 5.4)))
                add(kind, AHEAD, side, start + float(rng.uniform(1.2, max(lasts - 1.0, 1.5))), runs=True)
        start += lasts
    for side in (-2.2, -5.6):
        at = float(rng.uniform(-2, 4))
        while at < seconds + 4:
            add(_chosen(rng, ("car", "motorcycle", "bus"), p=(0.5, 0.4, 0.1)), ONCOMING, side, at)
            at += float(rng.exponential(3.0 / busy)) + 2.5
    start = 0.0
    for phase, lasts in phases:
        if phase == "RED":
            for path, side in ((LEFTWARD, 32.0), (RIGHTWARD, 27.0)):
                at = start + float(rng.uniform(1.5, 3.0))
                while at < start + lasts:
                    add(
                        _chosen(rng, CLASSES, p=(0.4, 0.4, 0.1, 0.1)),
                        path,
                        side,
                        at,
                    )
                    at += float(rng.exponential(1.5)) + 2.0
        start += lasts
    return made


def _chosen(rng: np.random.Generator, kinds: Sequence[Kind], p: Sequence[float] | None = None) -> Kind:
    return kinds[int(rng.choice(len(kinds), p=p))]


def _paint(rng: np.random.Generator, kind: Kind) -> tuple[int, int, int]:
    choices: tuple[tuple[int, int, int], ...]
    if kind == "bus":
        choices = ((60, 150, 60), (40, 170, 220), (180, 90, 40), (60, 60, 190))
    else:
        choices = (
            (225, 225, 225),
            (60, 60, 65),
            (150, 150, 155),
            (40, 40, 170),
            (140, 70, 40),
            (60, 110, 60),
            (60, 150, 190),
            (95, 80, 75),
            (200, 205, 190),
        )
    base = np.array(choices[int(rng.integers(len(choices)))]) + rng.integers(-15, 16, 3)
    b, g, r = np.clip(base, 0, 255).tolist()
    return b, g, r


def _drive(vehicles: list[Vehicle], seconds: float, phases: tuple[tuple[SignalPhase, float], ...]) -> None:
    """Let everybody drive: the intelligent-driver model, with the stop line as a leader on amber and red."""
    for vehicle in vehicles:
        vehicle.places.append(vehicle.front)
    for step in range(int((seconds + 1) / STEP_S)):
        phase, _ = phase_at(phases, step * STEP_S)
        for vehicle in vehicles:
            gap, closing = _ahead_of(vehicle, vehicles, phase)
            wanted = 1.2 + max(0.0, vehicle.now * 0.9 + vehicle.now * closing / (2 * (1.8 * 2.5) ** 0.5))
            push = 1.8 * (1 - (vehicle.now / vehicle.speed) ** 4 - (wanted / max(gap, 0.2)) ** 2)
            vehicle.now = max(0.0, vehicle.now + max(push, -7.0) * STEP_S)
        for vehicle in vehicles:
            vehicle.front += vehicle.now * STEP_S
            vehicle.places.append(vehicle.front)


def _ahead_of(me: Vehicle, vehicles: list[Vehicle], phase: SignalPhase) -> tuple[float, float]:
    """The gap to what is in front of a vehicle, and how fast it closes."""
    gap, closing = 200.0, 0.0
    for other in vehicles:
        if other.path != me.path or other is me or other.front <= me.front:
            continue
        if abs(other.side - me.side) < (other.body.width + me.body.width) / 2 + 0.1:
            room = other.front - other.length - me.front
            if room < gap:
                gap, closing = max(room, 0.05), me.now - other.now
    to_line = STOP_LINE_Z - me.stop_gap - me.front
    if phase == "GREEN" or me.path in {LEFTWARD, RIGHTWARD}:
        me.committed = False
    elif not me.runs and me.front < STOP_LINE_Z:
        if to_line < me.now**2 / (2 * 4.0):
            me.committed = me.committed or me.now > 2.0
        if not me.committed and to_line < gap:
            gap, closing = max(to_line, 0.05), me.now
    return gap, closing


def _placed(vehicle: Vehicle, at_s: float) -> Body:
    """Where the body of a vehicle stands at an instant, seen from the camera."""
    position = at_s / STEP_S
    before = min(int(position), len(vehicle.places) - 2)
    share = position - before
    front = vehicle.places[before] * (1 - share) + vehicle.places[before + 1] * share
    braking = vehicle.places[before + 1] - vehicle.places[before] < 0.03
    length, width = vehicle.length, vehicle.body.width
    match vehicle.path:
        case "ahead":
            x, z = vehicle.side - width / 2, front - length
        case "oncoming":  # their stop line is as far behind the junction as ours is before it
            x, z = vehicle.side - width / 2, 2 * 29.5 - front
        case "leftward":
            x, z = 4.0 - front, vehicle.side
        case _:
            x, z = 4.0 + front - length, vehicle.side
    return vehicle.body.at(
        x, z, across=vehicle.path in {LEFTWARD, RIGHTWARD}, away=vehicle.path == AHEAD, braking=braking
    )


def _judge(
    vehicle: Vehicle, phases: tuple[tuple[SignalPhase, float], ...], seconds: float
) -> Violator | bool | None:
    """The violator, False for somebody lawful, or None where a quarter of a second would change the answer."""
    entered = _passes(vehicle, STOP_LINE_Z)
    passed = _passes(vehicle, STOP_LINE_Z + vehicle.length)
    if passed is None or entered is None or passed > seconds:
        return False

    def red_after_grace(at_s: float) -> bool:
        phase, since = phase_at(phases, at_s)
        return phase == "RED" and at_s - since >= GRACE_S and phase_at(phases, max(at_s, 0.0))[0] == "RED"

    entered_on_red = phase_at(phases, entered)[0] == "RED"
    answers = {red_after_grace(passed + shift) for shift in (-MARGIN_S, 0.0, MARGIN_S)}
    # in the picture too shortly before or after the line to have been followed
    if passed < EDGE_S or passed > seconds - EDGE_S:
        return None if entered_on_red or True in answers else False
    if len(answers) > 1 or entered_on_red != (True in answers):
        return None
    return (
        Violator(vehicle=vehicle.number, kind=vehicle.kind, crossed_at_s=passed) if entered_on_red else False
    )


def _passes(vehicle: Vehicle, place: float) -> float | None:
    """When the front of a vehicle first reaches a place; None if it was beyond it from the start, or never is."""
    places = np.array(vehicle.places)
    if places[0] >= place or places[-1] < place:
        return None
    step = int(np.argmax(places >= place))
    share = (place - places[step - 1]) / (places[step] - places[step - 1])
    return float((step - 1 + share) * STEP_S)
