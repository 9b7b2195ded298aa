"""Pages that the gateway serves: plain HTML without scripts and without anything from another site."""
