"""Work that takes longer than a request may: done once, however often somebody asks while it runs."""

import asyncio
import gc
import threading

import pytest

from api.services import Jobs


def test_joined() -> None:
    """A request that was given up leaves its job to finish, and the one that is sent again finds it there."""

    async def scenario() -> None:
        jobs, go_on, runs = Jobs(kept_s=0), threading.Event(), []

        def work() -> str:
            runs.append(1)
            go_on.wait(10)
            return "cut"

        first = asyncio.ensure_future(jobs("key", work))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        again = [asyncio.ensure_future(jobs("key", work)) for _ in range(5)]
        await asyncio.sleep(0)
        go_on.set()
        assert await asyncio.gather(*again) == ["cut"] * 5
        assert runs == [1]
        jobs.close()

    asyncio.run(scenario())


def test_remembered() -> None:
    """What succeeded is remembered for a while; what failed, or found something wrong, is done again."""

    async def scenario() -> None:
        said: list[bool | Exception] = [ValueError("full"), False, True, AssertionError("again")]
        jobs, outcomes = Jobs(kept_s=60), iter(said)

        def work() -> bool:
            outcome = next(outcomes)
            if isinstance(outcome, bool):
                return outcome
            raise outcome

        async def ask() -> bool:
            return await jobs("key", work)

        with pytest.raises(ValueError, match="full"):
            await ask()
        await asyncio.gather(*jobs._forgetting)
        assert await ask() is False
        await asyncio.gather(*jobs._forgetting)
        assert [await ask() for _ in range(3)] == [True] * 3
        jobs.close()

    asyncio.run(scenario())


def test_few_at_once() -> None:
    """However many are asked for, few run at a time; the others wait for a thread, and nobody else for them."""

    async def scenario() -> None:
        jobs, lock, go_on = Jobs(2, kept_s=0), threading.Lock(), threading.Event()
        running, most = 0, 0

        def work() -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            go_on.wait(10)
            with lock:
                running -= 1

        asked = [asyncio.ensure_future(jobs(n, work)) for n in range(6)]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*asked)
        assert most <= 2
        jobs.close()

    asyncio.run(scenario())


def test_a_refusal_is_no_failure_of_the_loop() -> None:
    """What a job raises is told to whoever asked, and to nobody else: no log has a refused act as an error."""
    logged: list[object] = []

    async def scenario() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, said: logged.append(said["message"]))
        jobs = Jobs(kept_s=0)

        def work() -> str:
            raise ValueError("not yours to cut")

        with pytest.raises(ValueError, match="not yours"):
            await jobs("key", work)
        await asyncio.gather(*jobs._forgetting)
        gc.collect()
        jobs.close()

    asyncio.run(scenario())
    assert logged == []
