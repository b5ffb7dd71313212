"""The worker's server side: jobs over HTTP, each computed in a process of its own. Needs the `server` extra.

`app.create_app` makes the FastAPI application, `run.serve` binds a port and runs it. On its way a request meets `gate` (who may
come in), `app` and `upload` (what is asked), `scheduler` (which job runs when) and `compute_process` (the process that computes).
"""
