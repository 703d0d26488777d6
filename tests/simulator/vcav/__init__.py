"""Simulated vCloud Availability services: cloud, manager, replicator and tunnel, versions 3.0, 3.5, 4.3 and 4.7."""
