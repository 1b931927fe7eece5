"""Plays a Job of Kubernetes on this machine: indices in parallel, their containers one after the other, and what a pod's exit status
means by the Job's own rules.

It keeps to what the Job controller does: https://kubernetes.io/docs/concepts/workloads/controllers/job/
"""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import os
import signal
import subprocess
import threading
import uuid


@dataclasses.dataclass
class Outcome:
    succeeded: list[int]
    failed: list[int]
    # By index, what its pods ended with: exit statuses, or "disrupted".
    pods: dict[int, list[int | str]]
    uid: str


class JobPlayer:
    def __init__(self, job: dict, environment: dict[str, str]):
        """`environment` has what the volumes would be: DATA, CONFIG, CATALOG, and the PATH of the image."""
        self.spec = job["spec"]
        self.pod = self.spec["template"]["spec"]
        self.environment = environment
        self.uid = uuid.uuid4().hex
        # How many pods of an index lose their node in the middle of a container with this name.
        self.disruptions: dict[int, collections.deque[str]] = collections.defaultdict(collections.deque)
        self.lock = threading.Lock()
        self.running = 0
        self.most_running = 0

    def play(self) -> Outcome:
        pods: dict[int, list[int | str]] = {index: [] for index in range(self.spec["completions"])}
        with concurrent.futures.ThreadPoolExecutor(self.spec["parallelism"]) as pool:
            results = list(pool.map(lambda index: self._index(index, pods[index]), pods))
        return Outcome([i for i, ok in enumerate(results) if ok], [i for i, ok in enumerate(results) if not ok], pods, self.uid)

    def _index(self, index: int, pods: list[int | str]) -> bool:
        failures = 0
        while True:
            ended = self._pod(index, failures)
            pods.append(ended)
            if ended == 0:
                return True
            if ended == "disrupted":
                assert self._action(None) == "Ignore"
                continue
            failures += 1
            if self._action(ended) == "FailIndex" or failures > self.spec["backoffLimitPerIndex"]:
                return False

    def _action(self, status: int | None) -> str:
        """What the first rule that fits says; without one, the failure counts."""
        for rule in self.spec["podFailurePolicy"]["rules"]:
            codes = rule.get("onExitCodes")
            if status is not None and codes and (status in codes["values"]) == (codes["operator"] == "In"):
                return rule["action"]
            if status is None and any(one["type"] == "DisruptionTarget" for one in rule.get("onPodConditions", [])):
                return rule["action"]
        return "Count"

    def _pod(self, index: int, failures: int) -> int | str:
        with self.lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            disrupted = self.disruptions[index].popleft() if self.disruptions[index] else None
        try:
            for container in [*self.pod.get("initContainers", []), *self.pod["containers"]]:
                status = self._container(container, index, failures, disrupted == container["name"])
                if status:
                    return status
            return 0
        finally:
            with self.lock:
                self.running -= 1

    def _container(self, container: dict, index: int, failures: int, is_disrupted: bool) -> int | str:
        fields = {
            "metadata.labels['batch.kubernetes.io/controller-uid']": self.uid,
            "metadata.annotations['batch.kubernetes.io/job-index-failure-count']": str(failures)}
        environment = dict(os.environ) | {
            one["name"]: one["value"] if "value" in one else fields[one["valueFrom"]["fieldRef"]["fieldPath"]]
            for one in container["env"]}
        # The volumes are elsewhere here.
        environment |= self.environment | {"JOB_COMPLETION_INDEX": str(index)}
        process = subprocess.Popen(
            [*container["command"], *container["args"]], env=environment, start_new_session=True, cwd="/",
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if is_disrupted:
            self._disrupt(process, index, failures)
            return "disrupted"
        errors = process.communicate()[1]
        with self.lock:
            self.errors = getattr(self, "errors", []) + [errors]
        return process.returncode if process.returncode >= 0 else 128 - process.returncode

    def _disrupt(self, process: subprocess.Popen, index: int, failures: int) -> None:
        """Ends everything in the container as soon as it has written something."""
        output = os.path.join(self.environment["DATA"], self.uid, "outputs", f"{index}.{failures}.jsonl")
        while process.poll() is None:
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
            if os.path.exists(output) and os.path.getsize(output):
                break
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate()
