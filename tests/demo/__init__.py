"""`make demo`: the collection at work against the simulator, from two bare sites to drift shown and corrected."""
