"""What the loader did: runs, batches, data quality."""
