"""Scripts of an orchestrator, run for real: JavaScript in processes of its own, which ask the simulator for everything.

`sessions` is the simulator's side, `worker` the other one, `rewriting` makes ECMAScript of what Rhino takes, and the
`.js` files are what scripts find there. What differs from the orchestrator's engine is said in core.js.
"""
