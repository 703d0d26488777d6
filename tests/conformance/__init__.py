"""Genuine clients of vCloud Director against the simulated one: pyvcloud, vcd-cli, the client for Node.js, and the
libraries of container-service-extension.

They were written by people who had the real server in front of them, and none of them has heard of our simulator. So
where one of them works, the simulator is right about what that client needs. CONTRIBUTING.md says how this is run.
"""
