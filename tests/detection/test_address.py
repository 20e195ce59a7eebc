"""Where a stream is: what may be shown of an address, and what is none."""

import pytest

from detection.live import Address
from detection.reading import ConfigError


class TestAddress:
    """A URL that may hold a password."""

    @pytest.mark.parametrize(
        "url",
        [
            "rtsp://",
            "rtsp:///live",
            "rtsp://host:99999/live",
            "rtsp://host:0/live",
            "rtsp://host:s3cret/live",
            "rtsp://admin:s3c/ret@host/live",
            "rtsp://admin:12/s3cret@host/live",
            "rtsp://admin:s3cret?@host/live",
            "rtsp://admin:s3cret#@host/live",
            "rtsp://host/s3cret\r\nTeardown: x",
            "rtsp://host/s3 cret",
            "rtsp://[s3cret/live",
            "rtsps://admin:s3cret@host/live",
            "http://admin:s3cret@host/live",
            "rtsp://host/" + "s3cret" * 400,
        ],
    )
    def test_never_reached(self, url: str) -> None:
        """What can never be an address is refused and not repeated: a password may stand anywhere in it."""
        with pytest.raises(
            ConfigError, match=r"\A--source: a video file or rtsp://\[USER:PASSWORD@\]HOST"
        ) as caught:
            Address.read(url)
        assert "s3c" not in str(caught.value)

    @pytest.mark.parametrize(
        "url, shown",
        [
            ("rtsp://admin:s3cret@host:554/live/1?key=s3cret#s3cret", "rtsp://host:554/live/1"),
            ("rtsp://host/user=admin&password=s3cret&channel=1/x", "rtsp://host/…/x"),
            ("rtsp://admin:s3cret@[::1]:554", "rtsp://[::1]:554"),
            ("rtsp://s3cret:@10.0.0.7/", "rtsp://10.0.0.7/"),
        ],
    )
    def test_shown(self, url: str, shown: str) -> None:
        """Of an address only place and path are shown, not even by its representation."""
        address = Address.read(url)
        assert (address.url, address.shown) == (url, shown)
        assert "s3cret" not in repr(address)
