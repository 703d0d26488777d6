"""A stateful simulator of a cloud provider's estate: vCloud Availability and vCloud Director, over TLS.

Start it with ``python -m tests.simulator serve``; see README.md beside this file.
It obeys the API contracts and knows nothing about the modules that are tested against it.
"""
