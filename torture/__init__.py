"""Kill, fill, flip and cut: what becomes of deliveries when everything goes wrong. Run by `make torture`."""
