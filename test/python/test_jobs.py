"""The queue and the stop of a running command, without Blender: this thread plays its main thread."""

from __future__ import annotations

import random
import threading
import time
import unittest
from typing import Any

from support import Outcomes, spin

from avatar_forge.jobs import FairQueue, Job, MainThread, Stopped


def job(client: str, name: str = "") -> Job:
    return Job(client, name, lambda _job: None, lambda *_: None)


class Queue(unittest.TestCase):
    def test_clients_take_turns_and_keep_their_order(self) -> None:
        queue = FairQueue()
        for client, name in (("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("b", "2"), ("c", "1")):
            self.assertTrue(queue.put(job(client, name), 10))
        order = []
        while taken := queue.get(0):
            order.append(f"{taken.client}{taken.method}")
        self.assertEqual(order, ["a1", "b1", "c1", "a2", "b2", "a3"])

    def test_a_client_may_only_have_so_many(self) -> None:
        queue = FairQueue()
        self.assertTrue(queue.put(job("a"), 1))
        self.assertFalse(queue.put(job("a"), 1))
        self.assertTrue(queue.put(job("b"), 1))

    def test_removing(self) -> None:
        queue = FairQueue()
        for client in "aab":
            queue.put(job(client), 10)
        self.assertEqual(len(queue.remove(lambda item: item.client == "a")), 2)
        self.assertEqual(len(queue), 1)

    def test_get_waits(self) -> None:
        queue = FairQueue()
        threading.Timer(0.05, lambda: queue.put(job("a", "late"), 1)).start()
        taken = queue.get(5)
        self.assertEqual(taken and taken.method, "late")
        self.assertIsNone(queue.get(0.01))


class Running(unittest.TestCase):
    def setUp(self) -> None:
        self.main = MainThread()
        self.outcomes = Outcomes()

    def job(self, work: Any, deadline: float | None = None) -> Job:
        return Job("client", "test", work, self.outcomes.add, deadline)

    def test_result_and_error(self) -> None:
        self.assertTrue(self.main.run(self.job(lambda _job: None)))
        self.assertFalse(self.main.run(self.job(lambda _job: 1 / 0)))
        self.assertEqual(self.outcomes.kinds(), ["None", "ZeroDivisionError"])

    def test_what_would_end_blender(self) -> None:
        for error in (SystemExit(1), KeyboardInterrupt(), GeneratorExit()):

            def work(_job: Job, error: BaseException = error) -> None:
                raise error

            self.assertFalse(self.main.run(self.job(work)))
        self.assertEqual(self.outcomes.kinds(), ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])

    def test_stopping_code_that_runs(self) -> None:
        stuck = self.job(lambda _job: spin(30))
        threading.Timer(0.1, lambda: self.main.stop(stuck, "cancelled")).start()
        start = time.monotonic()
        self.assertFalse(self.main.run(stuck))
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual((self.outcomes.kinds(), stuck.stop_code), (["Stopped"], "cancelled"))

    def test_code_that_swallows_the_stop_is_stopped_again(self) -> None:
        def work(_job: Job) -> None:
            try:
                spin(30)
            except BaseException:
                spin(30)

        stuck = self.job(work)
        done = threading.Event()

        def keep_stopping() -> None:
            while not done.wait(0.05):
                self.main.stop(stuck, "cancelled")

        threading.Thread(target=keep_stopping).start()
        self.main.run(stuck)
        done.set()
        self.assertEqual(self.outcomes.kinds(), ["Stopped"])

    def test_a_job_that_is_to_stop_never_starts(self) -> None:
        late = self.job(lambda _job: self.fail("it ran"), deadline=time.monotonic() - 1)
        self.assertFalse(self.main.run(late))
        self.assertEqual((self.outcomes.kinds(), late.stop_code), (["Stopped"], "deadline-exceeded"))

    def test_a_stop_for_another_job_hits_nobody(self) -> None:
        other = self.job(lambda _job: None)
        running = self.job(lambda _job: self.main.stop(other, "cancelled") or spin(0.1))
        self.assertTrue(self.main.run(running))

    def test_a_shield_holds_the_stop_back(self) -> None:
        seen = []

        def work(job: Job) -> None:
            with self.main.shielded():
                self.main.stop(job, "cancelled")
                spin(0.1)
                seen.append("whole")
            job.check()

        self.main.run(self.job(work))
        self.assertEqual((seen, self.outcomes.kinds()), (["whole"], ["Stopped"]))

    def test_a_stop_at_any_moment_hits_its_job_or_nothing(self) -> None:
        """Stops come from another thread at random moments around the end of short jobs."""
        current: list[Job] = []
        done = threading.Event()

        def harass() -> None:
            chance = random.Random(1)
            while not done.is_set():
                if current:
                    self.main.stop(current[-1], "cancelled")
                spin(chance.random() * 0.0003)

        threads = [threading.Thread(target=harass) for _ in range(2)]
        for thread in threads:
            thread.start()
        outside = 0
        try:
            end = time.monotonic() + 2
            while time.monotonic() < end:
                current.append(self.job(lambda _job: spin(0.0002)))
                try:
                    self.main.run(current[-1])
                    for _ in range(50):
                        pass
                except Stopped:
                    outside += 1
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual(outside, 0)
        self.assertEqual(len(self.outcomes), len(current), "each job is answered once")
        self.assertEqual(set(self.outcomes.kinds()), {"None", "Stopped"}, "both ways were tried")


if __name__ == "__main__":
    unittest.main()
