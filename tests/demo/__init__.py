"""`make demo`: the collection at work against the simulator, from two empty vCenters to a protected tenant."""
