"""From landing to accepted. Not here: connectors and the validator (lib/)."""
