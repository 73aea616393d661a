"""The environment of every process we start: nothing tells the outside that we run, and Prefect lives in our folder."""

from config.settings import Settings

SILENT = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}

PREFECT = {
    "PREFECT_CLI_PROMPT": "false",
    # What a stage returns may name customers; Prefect keeps states, never results.
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    # A killed flow is seen after three missed beats.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    # A fresh database takes 20 s of migrations on a small machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # We ship no blocks of our own: registering Prefect's at each start only takes time.
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
}


def quiet_environment(settings: Settings) -> dict[str, str]:
    """What to lay over the environment before Prefect or Great Expectations is imported, here or in a child."""
    ours = {"PREFECT_HOME": str(settings.prefect_home), "PERENNIAL_VAR": str(settings.var)}
    layer = {"PERENNIAL_CONFIG": str(settings.config.absolute())} if settings.config else {}
    return {**SILENT, **PREFECT, **ours, **layer}
