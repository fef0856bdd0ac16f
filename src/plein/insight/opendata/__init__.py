"""The portal: every data product with its meaning, preview, download and interface."""
