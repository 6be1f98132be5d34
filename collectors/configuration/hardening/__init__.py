"""What a configuration says of a device's own safety: a reader for each family (vrp, comware, ios, rgos) turns its
lines into the facts that all have in common; rules find in these what deviates; table has them all, collector tells of
it."""
