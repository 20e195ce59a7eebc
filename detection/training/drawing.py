"""How a junction looks: a pinhole camera over the road, vehicles as shaded blocks, day, dusk, night and rain.

Everything is drawn by this file; no picture of anybody else's is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Light = Literal["day", "dusk", "night", "rain"]
LIGHTS: tuple[Light, ...] = ("day", "dusk", "night", "rain")
SignalPhase = Literal["RED", "AMBER", "GREEN"]
Colour = tuple[int, int, int]
Image = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 360
FOCAL, CAMERA_X, CAMERA_HEIGHT, HORIZON = 420.0, 3.6, 6.5, 64.0
STOP_LINE_Z = 21.0
SIGNAL_BOX = (472, 34, 496, 98)
"""The signal head in the picture: x, y of its upper left and lower right corner."""

AMBIENT: dict[Light, tuple[float, float, float]] = {
    "day": (1.0, 1.0, 1.0),
    "dusk": (0.62, 0.6, 0.72),
    "night": (0.36, 0.31, 0.3),
    "rain": (0.74, 0.72, 0.7),
}
LAMPS: dict[SignalPhase, Colour] = {"RED": (40, 40, 255), "AMBER": (30, 190, 255), "GREEN": (120, 255, 60)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A vehicle as a block on the ground; x and z are its near left corner, in metres from the camera."""

    kind: str
    width: float
    length: float
    height: float
    paint: Colour
    rider: Colour
    x: float = 0.0
    z: float = 0.0
    across: bool = False
    away: bool = True
    braking: bool = False

    def at(self, x: float, z: float, *, across: bool, away: bool, braking: bool) -> "Body":
        """The same body, standing somewhere."""
        return replace(self, x=x, z=z, across=across, away=away, braking=braking)

    @property
    def extent(self) -> tuple[float, float]:
        """How far it reaches to the right and away from the camera."""
        return (self.length, self.width) if self.across else (self.width, self.length)


def project(x: float, y: float, z: float) -> tuple[float, float]:
    """A point (right, up, ahead; metres) in the picture."""
    return WIDTH / 2 + FOCAL * (x - CAMERA_X) / z, HORIZON + FOCAL * (CAMERA_HEIGHT - y) / z


def in_view(body: Body) -> bool:
    """Whether any of the body may be in the picture."""
    right, ahead = body.extent
    return body.z + ahead > 8.5 and body.z < 75 and box_of(body) is not None and right > 0


def box_of(body: Body) -> tuple[float, float, float, float] | None:
    """The box around the body in the picture, cut at its borders; None where nothing of it is inside."""
    right, ahead = body.extent
    near, far = max(body.z, 5.0), max(body.z + ahead, 5.5)
    points = [
        project(x, y, z) for x in (body.x, body.x + right) for y in (0.0, body.height) for z in (near, far)
    ]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x1, y1, x2, y2 = max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), WIDTH), min(max(ys), HEIGHT)
    return (x1, y1, x2, y2) if x2 - x1 > 3 and y2 - y1 > 3 else None


class Appearance:
    """How one scene looks: its light, its background, what stands in the way."""

    def __init__(self, rng: np.random.Generator, light: Light | None) -> None:
        self.light: Light = light or LIGHTS[int(rng.integers(len(LIGHTS)))]
        self._ambient = np.array(AMBIENT[self.light]) * rng.uniform(0.9, 1.08)
        self._grain = rng.normal(
            0, {"day": 3, "dusk": 5, "night": 7, "rain": 6}[self.light], (HEIGHT + 64, WIDTH + 64, 3)
        ).astype(np.int16)
        self._rain = _rain(rng) if self.light == "rain" else None
        self._poles = [
            (int(rng.integers(90, 560)), int(rng.integers(5, 10))) for _ in range(int(rng.integers(1, 3)))
        ]
        self._table = (
            np.clip(np.arange(256)[:, None] * self._ambient, 0, 255).astype(np.uint8).reshape(1, 256, 3)
        )
        self._background = _background(rng, self.light)
        self._headlights = self.light in {"dusk", "night"}
        self._shift = rng.integers(0, 64, (997, 2))

    def picture(self, bodies: Sequence[tuple[object, Body]], phase: SignalPhase, at_s: float) -> Image:
        """The picture with these bodies in it, far ones first."""
        image = self._background.copy()
        for _, body in bodies:
            _draw(image, body)
        self._foreground(image)
        cv2.LUT(image, self._table, dst=image)
        if self._headlights:
            for _, body in bodies:
                _shine(image, body)
        _signal(image, phase, bloom=self._headlights)
        tick = int(at_s * 50)
        dx, dy = self._shift[tick % 997]
        if self._rain is not None:
            rain_y, rain_x = (tick * 37) % 200, (tick * 11) % 200
            cv2.add(image, self._rain[rain_y : rain_y + HEIGHT, rain_x : rain_x + WIDTH], dst=image)
            cv2.GaussianBlur(image, (3, 3), 0.8, dst=image)
        noisy = image.astype(np.int16) + self._grain[dy : dy + HEIGHT, dx : dx + WIDTH]
        finished: Image = np.clip(noisy, 0, 255).astype(np.uint8)
        return finished

    def visible_shares(self, bodies: Sequence[Body]) -> list[float]:
        """How much of each body can be seen behind the others and the poles."""
        owner = np.zeros((HEIGHT, WIDTH), np.uint8)
        areas = []
        for number, body in enumerate(bodies, start=1):
            box = box_of(body)
            if box is None:
                areas.append((0, 0, 0, 0))
                continue
            x1, y1, x2, y2 = (int(v) for v in box)
            owner[y1:y2, x1:x2] = number
            areas.append((x1, y1, x2, y2))
        for x, wide in self._poles:
            owner[:, x : x + wide] = 0
        return [
            float((owner[y1:y2, x1:x2] == number).mean()) if x2 > x1 and y2 > y1 else 0.0
            for number, (x1, y1, x2, y2) in enumerate(areas, start=1)
        ]

    def _foreground(self, image: Image) -> None:
        for x, wide in self._poles:
            image[:, x : x + wide] = (88, 92, 95)
            image[:, x : x + 2] = (120, 124, 128)


def _polygon(image: Image, points: Sequence[tuple[float, float]], colour: Sequence[float]) -> None:
    cv2.fillConvexPoly(image, np.round(np.array(points) * 8).astype(np.int32), tuple(colour), cv2.LINE_AA, 3)


def _ground(image: Image, x1: float, x2: float, z1: float, z2: float, colour: Colour) -> None:
    z1 = max(z1, 6.0)
    _polygon(image, [project(x1, 0, z1), project(x2, 0, z1), project(x2, 0, z2), project(x1, 0, z2)], colour)


def _block(
    image: Image, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], paint: Colour
) -> None:
    """A shaded block: its top, the side that faces the camera, its near face."""
    (x1, x2), (y1, y2), (z1, z2) = x, y, (max(z[0], 5.0), max(z[1], 5.5))
    light, dark = [min(c * 1.18 + 12, 255) for c in paint], [c * 0.68 for c in paint]
    _polygon(
        image, [project(x1, y2, z1), project(x2, y2, z1), project(x2, y2, z2), project(x1, y2, z2)], light
    )
    if x1 > CAMERA_X:
        _polygon(
            image, [project(x1, y1, z1), project(x1, y2, z1), project(x1, y2, z2), project(x1, y1, z2)], dark
        )
    elif x2 < CAMERA_X:
        _polygon(
            image, [project(x2, y1, z1), project(x2, y2, z1), project(x2, y2, z2), project(x2, y1, z2)], dark
        )
    _polygon(
        image, [project(x1, y1, z1), project(x2, y1, z1), project(x2, y2, z1), project(x1, y2, z1)], paint
    )


def _face(image: Image, x: tuple[float, float], y: tuple[float, float], z: float, colour: Colour) -> None:
    _polygon(
        image,
        [project(x[0], y[0], z), project(x[1], y[0], z), project(x[1], y[1], z), project(x[0], y[1], z)],
        colour,
    )


def _draw(image: Image, body: Body) -> None:
    right, ahead = body.extent
    x1, x2, z1, z2 = body.x, body.x + right, body.z, body.z + ahead
    if z2 < 5.5:
        return
    _ground(image, x1 - 0.1, x2 + 0.25, z1 - 0.15, z2 + 0.15, (52, 52, 54))
    if body.kind == "motorcycle":
        _draw_motorcycle(image, body)
        return
    tall, glass, tyre = body.height, (70, 62, 52), (28, 28, 28)
    if body.kind == "car":
        _block(image, (x1, x2), (0.22, tall * 0.58), (z1, z2), body.paint)
        inset_x, inset_z = (right * 0.2, 0.08) if body.across else (0.12, ahead * 0.2)
        _block(
            image, (x1 + inset_x, x2 - inset_x), (tall * 0.58, tall), (z1 + inset_z, z2 - inset_z), body.paint
        )
        near = max(z1 + inset_z, 5.0)
        _face(image, (x1 + inset_x + 0.1, x2 - inset_x - 0.1), (tall * 0.62, tall * 0.94), near, glass)
        if body.across:
            middle = (x1 + x2) / 2
            _face(image, (middle - 0.05, middle + 0.05), (tall * 0.6, tall * 0.95), near, body.paint)
    else:
        _block(image, (x1, x2), (0.35, tall), (z1, z2), body.paint)
        near = max(z1, 5.0)
        if body.across and body.kind == "bus":
            for n in range(6):
                left = x1 + right * (0.06 + 0.15 * n)
                _face(image, (left, left + right * 0.12), (tall * 0.5, tall * 0.85), near, glass)
        elif body.kind == "bus" or (not body.away and not body.across):
            _face(image, (x1 + 0.2, x2 - 0.2), (tall * 0.5, tall * 0.88), near, glass)
        else:
            _face(image, (x1 + 0.15, x2 - 0.15), (tall * 0.25, tall * 0.92), near, (165, 170, 172))
    near = max(z1, 5.0)
    for share in (0.16, 0.84) if body.across else (0.12, 0.88):
        wheel = x1 + right * share
        _face(
            image,
            (wheel - 0.28, wheel + 0.28) if body.across else (wheel - 0.1, wheel + 0.1),
            (0.0, 0.5),
            near,
            tyre,
        )
    if not body.across:
        lamp = ((40, 40, 235) if body.braking else (35, 35, 150)) if body.away else (225, 235, 235)
        for share in (0.04, 0.82):
            _face(
                image,
                (x1 + right * share, x1 + right * (share + 0.14)),
                (tall * 0.34, tall * 0.48),
                near,
                lamp,
            )
        middle = (x1 + x2) / 2
        _face(image, (middle - 0.24, middle + 0.24), (0.36, 0.52), near, (228, 228, 228))


def _draw_motorcycle(image: Image, body: Body) -> None:
    right, ahead = body.extent
    x, z = body.x + right / 2, max(body.z + 0.1, 5.0)
    scale = FOCAL / z
    if body.across:
        for wheel in (body.x + 0.3, body.x + right - 0.3):
            centre = project(wheel, 0.3, z)
            cv2.circle(
                image,
                (round(centre[0]), round(centre[1])),
                max(round(0.3 * scale), 2),
                (25, 25, 25),
                -1,
                cv2.LINE_AA,
            )
        _face(image, (body.x + 0.25, body.x + right - 0.25), (0.35, 0.8), z, body.paint)
        _face(image, (x - 0.22, x + 0.22), (0.7, 1.38), z, body.rider)
    else:
        _face(image, (x - 0.09, x + 0.09), (0.0, 0.6), z, (25, 25, 25))
        _block(image, (x - 0.2, x + 0.2), (0.35, 0.85), (z, z + max(ahead - 0.3, 0.5)), body.paint)
        _face(image, (x - body.width / 2, x + body.width / 2), (0.92, 1.0), z + 0.6, (40, 40, 40))
        _face(image, (x - 0.26, x + 0.26), (0.75, 1.36), z + 0.3, body.rider)
        lamp = ((40, 40, 235) if body.braking else (35, 35, 150)) if body.away else (225, 235, 235)
        _face(image, (x - 0.08, x + 0.08), (0.62, 0.76), z, lamp)
    head = project(x, body.height - 0.15, z + 0.3)
    helmet = tuple(int(255 - c * 0.6) for c in body.rider)
    cv2.circle(image, (round(head[0]), round(head[1])), max(round(0.15 * scale), 2), helmet, -1, cv2.LINE_AA)


def _glow(image: Image, at: tuple[float, float], radius: float, colour: Colour) -> None:
    """Add light around a point."""
    r = max(int(radius), 2)
    x, y = round(at[0]), round(at[1])
    x1, y1, x2, y2 = max(x - r, 0), max(y - r, 0), min(x + r + 1, WIDTH), min(y + r + 1, HEIGHT)
    if x1 >= x2 or y1 >= y2:
        return
    dy, dx = np.ogrid[y1 - y : y2 - y, x1 - x : x2 - x]
    strength = np.clip(1 - np.sqrt(dx * dx + dy * dy) / r, 0, 1)[..., None] ** 2
    spot = image[y1:y2, x1:x2]
    image[y1:y2, x1:x2] = np.clip(spot + strength * np.array(colour), 0, 255).astype(np.uint8)


def _shine(image: Image, body: Body) -> None:
    if body.across or body.z < 6:
        return
    scale = FOCAL / body.z
    right = body.extent[0]
    colour = ((30, 30, 230) if body.braking else (20, 20, 140)) if body.away else (190, 210, 215)
    reach = (0.35 if body.away else 0.8) * scale
    height = 0.7 if body.kind == "motorcycle" else body.height * 0.41
    for share in (0.5,) if body.kind == "motorcycle" else (0.11, 0.89):
        _glow(image, project(body.x + right * share, height, body.z), reach, colour)


def _signal(image: Image, phase: SignalPhase, *, bloom: bool) -> None:
    """The head on its mast: three lamps, the upper red, one of them lit."""
    x1, y1, x2, y2 = SIGNAL_BOX
    cv2.rectangle(image, (x1 - 3, y1 - 3), (x2 + 2, y2 + 2), (30, 30, 30), -1)
    step = (y2 - y1) / 3
    for n, lamp in enumerate(("RED", "AMBER", "GREEN")):
        centre = ((x1 + x2) // 2, round(y1 + step * (n + 0.5)))
        dark = tuple(int(c * 0.16) + 8 for c in LAMPS[lamp])  # type: ignore[index]
        lit = lamp == phase
        cv2.circle(image, centre, 9, LAMPS[phase] if lit else dark, -1, cv2.LINE_AA)
        if lit:
            if bloom:
                _glow(image, centre, 22, tuple(int(c * 0.5) for c in LAMPS[phase]))  # type: ignore[arg-type]
            cv2.circle(image, centre, 4, tuple(min(c + 70, 255) for c in LAMPS[phase]), -1, cv2.LINE_AA)


def _rain(rng: np.random.Generator) -> Image:
    drops = np.zeros((HEIGHT + 200, WIDTH + 200, 3), np.uint8)
    for _ in range(900):
        x, y, fall = int(rng.integers(WIDTH + 200)), int(rng.integers(HEIGHT + 200)), int(rng.integers(6, 15))
        cv2.line(drops, (x, y), (x + fall // 4, y + fall), (46, 46, 46), 1, cv2.LINE_AA)
    return drops


def _background(rng: np.random.Generator, light: Light) -> Image:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    top, low = {
        "day": ((225, 190, 150), (235, 225, 210)),
        "dusk": ((170, 120, 100), (150, 180, 235)),
        "night": ((70, 45, 40), (95, 75, 65)),
        "rain": ((185, 182, 178), (205, 203, 200)),
    }[light]
    ramp = np.linspace(0, 1, int(HORIZON) + 30)[:, None, None]
    image[: len(ramp)] = (np.array(top) * (1 - ramp) + np.array(low) * ramp).astype(np.uint8)
    image[int(HORIZON) :] = (78, 118, 104)  # verge
    _ground(image, -60, 70, 8, 400, (118, 140, 132))
    x = -20
    while x < WIDTH:
        wide, tall = int(rng.integers(36, 90)), int(rng.integers(24, 78))
        foot = int(HORIZON) + 24
        wall = tuple(int(c) for c in rng.integers(110, 205, 3))
        cv2.rectangle(image, (x, foot - tall), (x + wide, foot), wall, -1)
        for wx in range(x + 6, x + wide - 6, 11):
            for wy in range(foot - tall + 6, foot - 12, 13):
                lit = light == "night" and rng.random() < 0.35
                cv2.rectangle(
                    image,
                    (wx, wy),
                    (wx + 5, wy + 7),
                    (140, 215, 245) if lit else tuple(int(c * 0.62) for c in wall),
                    -1,
                )
        x += wide + int(rng.integers(2, 14))
    for _ in range(9):
        at = (int(rng.integers(0, WIDTH)), int(HORIZON) + int(rng.integers(16, 26)))
        if abs(at[0] - 300) > 90:
            cv2.circle(
                image, at, int(rng.integers(9, 19)), (46, int(rng.integers(85, 125)), 62), -1, cv2.LINE_AA
            )
    asphalt = int(rng.integers(84, 108))
    road = (asphalt + 2, asphalt, asphalt - 2)
    kerb = (150, 155, 158)
    _ground(image, -90, 100, 23.0, 36.0, kerb)
    _ground(image, -10.6, 10.6, 6.0, 400, kerb)
    _ground(image, -90, 100, 23.5, 35.5, road)
    _ground(image, -10.0, 10.0, 6.0, 400, road)
    white, yellow = (215, 218, 218), (70, 190, 220)
    for z1, z2 in ((6.0, STOP_LINE_Z), (38.0, 120.0)):
        _ground(image, -0.22, -0.08, z1, z2, yellow)
        _ground(image, 0.08, 0.22, z1, z2, yellow)
        for lane in (-3.8, 3.7, 6.9):
            z = z1
            while z < z2 - 1:
                _ground(image, lane - 0.07, lane + 0.07, z, min(z + 1.8, z2), white)
                z += 3.6
    for stripe in np.arange(-9.6, 9.6, 1.1):
        _ground(image, float(stripe), float(stripe) + 0.55, STOP_LINE_Z + 0.7, STOP_LINE_Z + 2.2, white)
    _ground(image, 0.35, 9.9, STOP_LINE_Z - 0.5, STOP_LINE_Z, white)
    grain = cv2.GaussianBlur(rng.normal(0, 14, image.shape[:2]).astype(np.float32), (0, 0), 1.2)
    finished: Image = np.clip(image + grain[..., None], 0, 255).astype(np.uint8)
    left, _, right, bottom = SIGNAL_BOX  # the mast of the signal head, behind the kerb
    mast = (left + right) // 2
    foot = round(project(10.9, 0, STOP_LINE_Z + 1)[1])
    cv2.line(finished, (mast, bottom), (mast, foot), (70, 74, 76), 4, cv2.LINE_AA)
    return finished
