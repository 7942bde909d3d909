"""How AutomateDV is asked for the vault: binary MD5 keys, stages as tables, its general variants on DuckDB."""

from __future__ import annotations

from benchmarks.vault.peers.project import HUBS, LINKS, RENAMED, Peer, columns

_STAMP = "src_ldts='load_date', src_source='record_source'"
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
    hashed: dict[str, object] = {f"{name}_hk": f"{name}_number" for name in _KEYS[feed]}
    if feed == "lines":
        hashed["line_hk"] = ["order_number", "line_number"]
    if feed == "orders":
        hashed["order_link_hk"] = ["order_number", "customer_number"]
    hashed["hashdiff"] = {"is_hashdiff": True, "columns": list(columns(feed))}
    return (
        f"{{{{ automate_dv.stage(include_source_columns=true, source_model={{'raw': '{feed}'}}, "
        f"derived_columns=none, null_columns=none, hashed_columns={hashed!r}, ranked_columns=none) }}}}"
    ).replace("True", "true")


def _models() -> dict[str, str]:
    models = {f"stg_{feed}": _stage(feed) for feed in RENAMED}
    for name, feeds in HUBS.items():
        sources = [f"stg_{feed}" for feed in feeds]
        models[f"hub_{name}"] = (
            f"{{{{ automate_dv.hub(src_pk='{name}_hk', src_nk='{name}_number', {_STAMP}, source_model={sources}) }}}}"
        )
    for feed, names in LINKS.items():
        key = "line_hk" if feed == "lines" else "order_link_hk"
        pointing = [f"{name}_hk" for name in names]
        models[f"link_{feed}"] = (
            f"{{{{ automate_dv.link(src_pk='{key}', src_fk={pointing}, {_STAMP}, source_model='stg_{feed}') }}}}"
        )
    for feed in RENAMED:
        models[f"sat_{feed}"] = (
            f"{{{{ automate_dv.sat(src_pk='{_OWN[feed]}', src_hashdiff='hashdiff', src_payload={list(columns(feed))}, "
            f"{_STAMP}, source_model='stg_{feed}') }}}}"
        )
    return models


_WRAPPERS = """
{% macro duckdb__type_binary(for_dbt_compare=false) %}BLOB{% endmacro %}
{% macro duckdb__type_string(is_hash=false, char_length=255) %}VARCHAR{% endmacro %}
{% macro duckdb__hash_alg_md5() %}{% do return("UNHEX(MD5([HASH_STRING_PLACEHOLDER]))") %}{% endmacro %}
{% macro duckdb__cast_binary(column_str, alias=none, quote=true) %}
    CAST({% if quote %}'{{ column_str }}'{% else %}{{ column_str }}{% endif %} AS BLOB)
    {% if alias %} AS {{ alias }} {% endif %}
{% endmacro %}
{% macro duckdb__cast_datetime(column_str, as_string=false, alias=none, date_type=none) %}
    CAST({{ column_str }} AS TIMESTAMP) {% if alias %} AS {{ alias }} {% endif %}
{% endmacro %}
{% macro duckdb__cast_date(column_str, as_string=false, alias=none) %}
    CAST({{ column_str }} AS DATE) {% if alias %} AS {{ alias }} {% endif %}
{% endmacro %}
{% macro duckdb__get_escape_characters() %}{% do return(('"', '"')) %}{% endmacro %}
"""

PEER = Peer(
    system="AutomateDV",
    package="automate-dv",
    namespace="automate_dv",
    models=_models(),
    variables={"hash": "MD5", "enable_native_hashes": True},
    wrappers=_WRAPPERS,
)
