// Plug-ins over the simulated inventory
