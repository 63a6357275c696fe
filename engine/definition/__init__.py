"""What a workflow says, checked as a whole when it is saved and compiled to a plan when it is carried out.

The resolvers ask it for faults and warnings; the dispatcher for plans, parameters and what is fixed at acceptance.
"""
