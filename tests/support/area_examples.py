"""One of each event of an area."""

from typing import Any, Final
from uuid import UUID

from domain.area import Area
from domain.envelope import Event
from tests.support.invented import AT

PATH: Final = "quang-binh/dong-hoi"
AREA: Final = Area.create_id(PATH)
DOCUMENT: Final = {"document": "16/NQ-HĐND"}
SQUARE: Final = [[[106.6, 17.4], [106.7, 17.4], [106.7, 17.5], [106.6, 17.4]]]

AREA_EVENTS: Final[dict[type[Event], tuple[UUID, dict[str, Any]]]] = {
    Area.Registered: (
        AREA,
        {
            "area_path": PATH,
            "name": "Thành phố Đồng Hới",
            "kind": "DISTRICT",
            "valid_from": AT,
            "boundary": SQUARE,
            **DOCUMENT,
        },
    ),
    Area.Renamed: (AREA, {"name": "Phường Đồng Hới", **DOCUMENT}),
    Area.Redrawn: (AREA, {"boundary": None, "document": None}),
    Area.TookOver: (AREA, {"from_path": f"{PATH}/hai-dinh"}),
    Area.Ended: (AREA, {"ended_at": AT, "successor_path": f"{PATH}/nam-ly", **DOCUMENT}),
}
