"""How datavault4dbt is asked for the vault: MD5 keys as text, as it makes them, stages as tables, no ghost records."""

from __future__ import annotations

from benchmarks.vault.peers.project import HUBS, LINKS, RENAMED, Peer, columns

_KEYS = {
    "customers": ("customer",),
    "orders": ("order", "customer"),
    "lines": ("order", "part", "supplier"),
    "parts": ("part",),
    "suppliers": ("supplier",),
}
_OWN = {
    "customers": "customer_hk",
    "orders": "order_hk",
    "lines": "line_hk",
    "parts": "part_hk",
    "suppliers": "supplier_hk",
}


def _stage(feed: str) -> str:
    hashed: dict[str, object] = {f"{name}_hk": [f"{name}_number"] for name in _KEYS[feed]}
    if feed == "lines":
        hashed["line_hk"] = ["order_number", "line_number"]
    if feed == "orders":
        hashed["order_link_hk"] = ["order_number", "customer_number"]
    hashed["hashdiff"] = {"is_hashdiff": True, "columns": list(columns(feed))}
    return (
        f"{{{{ datavault4dbt.stage(source_model={{'raw': '{feed}'}}, ldts='load_date', rsrc='record_source', "
        f"hashed_columns={hashed!r}, enable_ghost_records=false) }}}}"
    ).replace("True", "true")


def _models() -> dict[str, str]:
    models = {f"stg_{feed}": _stage(feed) for feed in RENAMED}
    for name, feeds in HUBS.items():
        sources = [
            {"name": f"stg_{feed}", "hk_column": f"{name}_hk", "bk_columns": f"{name}_number"}
            for feed in feeds
        ]
        models[f"hub_{name}"] = (
            f"{{{{ datavault4dbt.hub(hashkey='{name}_hk', business_keys='{name}_number', source_models={sources}) }}}}"
        )
    for feed, names in LINKS.items():
        key = "line_hk" if feed == "lines" else "order_link_hk"
        pointing = [f"{name}_hk" for name in names]
        models[f"link_{feed}"] = (
            f"{{{{ datavault4dbt.link(link_hashkey='{key}', foreign_hashkeys={pointing}, "
            f"source_models=[{{'name': 'stg_{feed}'}}], disable_hwm=true) }}}}"
        )
    for feed in RENAMED:
        models[f"sat_{feed}"] = (
            f"{{{{ datavault4dbt.sat_v0(parent_hashkey='{_OWN[feed]}', src_hashdiff='hashdiff', "
            f"src_payload={list(columns(feed))}, source_model='stg_{feed}', source_is_single_batch=true) }}}}"
        )
    return models


_WRAPPERS = """
{% macro duckdb__string_to_timestamp(format, timestamp) %}CAST('{{ timestamp }}' AS TIMESTAMP){% endmacro %}
"""

PEER = Peer(
    system="datavault4dbt",
    package="datavault4dbt",
    namespace="datavault4dbt",
    models=_models(),
    variables={},
    base="postgres",
    wrappers=_WRAPPERS,
)
