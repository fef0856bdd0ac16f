"""The data products: contracts, versions, publishing and loading."""
