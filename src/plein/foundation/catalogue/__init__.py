"""The data products: their contracts, their versions and how a table becomes one.

`contracts` reads the agreements (ODCS v3 files in the rooms), `publishing` holds a table against one and makes it a
version, `products` tells which version holds now or held then, `keeping` ends what the agreement says must end.
"""
