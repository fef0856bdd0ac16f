"""What the portal reads: products, serving copies, the lake, formats, the catalogue in DCAT."""
