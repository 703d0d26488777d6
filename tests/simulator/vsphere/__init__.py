"""The vCenters of the estate: VMware's own simulator, one process per site, and the virtual machines' inner life.

Deploying is real work against a vCenter's API; what boots in the virtual machine is the rest of this simulator.
"""
