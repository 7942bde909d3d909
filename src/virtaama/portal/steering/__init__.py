"""The steering picture: tiles, metrics, lineage, exports."""
