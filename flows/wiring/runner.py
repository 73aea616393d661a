"""The task runner that PERENNIAL_TASK_RUNNER asks for."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from config.settings import Settings
from models.errors import UsageError

CLUSTERS = {"dask": ("prefect_dask", "DaskTaskRunner"), "ray": ("prefect_ray", "RayTaskRunner")}
WORKERS = 2


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """Threads, or a cluster's runner from Prefect's own package for it.

    One shard is the default, and its stages follow each other: a cluster has something to do with several.

    Raises:
        UsageError: the package is not installed.
    """
    if settings.task_runner not in CLUSTERS:
        return ThreadPoolTaskRunner(max_workers=WORKERS)
    package, name = CLUSTERS[settings.task_runner]
    if find_spec(package) is None:
        wanted = package.replace("_", "-")
        raise UsageError(
            f"PERENNIAL_TASK_RUNNER={settings.task_runner} needs the package {wanted}: pip install {wanted}"
        )
    runner: TaskRunner[Any] = getattr(import_module(package), name)()
    return runner
