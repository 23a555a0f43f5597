"""Many workloads from files: read in pieces, evaluated by as many processes or machines as there are, written in order.

Nothing here is a second formula: every piece goes through `comparison.compare`, as one workload does.
"""
