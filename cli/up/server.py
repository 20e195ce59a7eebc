"""An embedded server: a process with an address, that is ready when a client can work with it."""

import logging
import time
from abc import abstractmethod
from pathlib import Path

from cli.console import Stop
from cli.up.files import BoundedLog
from cli.up.process import Process

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.03
READY_WITHIN_S = 300.0  # recovery after a kill may have much to read
TELL_AFTER_S = 10.0
PATIENCE_S = 20.0


class Server(Process):
    """One embedded server over its part of the data folder."""

    def __init__(self, name: str, data: Path) -> None:
        super().__init__(name, data)
        self.log = BoundedLog(self.data / f"{name}.log")
        self._logged = 0

    @property
    @abstractmethod
    def url(self) -> str:
        """The address with its secret, for clients of this installation."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client can work with it now."""

    def start(self) -> None:
        """Prepare, launch, and wait until it answers; what did not get that far is stopped."""
        try:
            super().start()
            self.wait_ready()
        except BaseException:
            self.stop(PATIENCE_S)
            raise

    def wait_ready(self, within: float = READY_WITHIN_S) -> None:
        """Return when it answers; say its last words if it ends instead."""
        began, told = time.monotonic(), False
        while not self.answers():
            if not self.running():
                raise Stop(f"{self.name} ended while starting: {self.last_words()} (log: {self.log.path})")
            waited = time.monotonic() - began
            if waited > within:
                raise Stop(f"{self.name} does not answer after {within:.0f} s (log: {self.log.path})")
            if waited > TELL_AFTER_S and not told:
                logger.info("%s is still starting, it may be recovering", self.name)
                told = True
            time.sleep(LOOK_EVERY_S)

    def last_words(self) -> str:
        """Return the end of what it has logged since it was launched."""
        return self.log.since(self._logged)

    def _output(self) -> int:
        descriptor = self.log.open()
        self._logged = self.log.size()
        return descriptor
