"""What all pages share: frames, tokens, components, charts, maps."""
