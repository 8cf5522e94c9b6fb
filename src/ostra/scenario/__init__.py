"""What-ifs on the structures of step 1.

A scenario as people write it becomes numbers of nodes and draws (`compile`, `draws`, `sectors`), is simulated day by
day (`simulation`), and is read: totals and bands (`outcomes`), and who loses at which hand (`orders`). A lasting ban
between two sides has an answer of its own, without days (`embargo`, by `rationing` and `rerouting`).
"""
