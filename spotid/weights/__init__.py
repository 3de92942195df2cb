"""Weight files of published models: which there are, and how they are fetched, checked and kept.

Nothing in here is called by the running program on its own: a download begins when a person asks for one.
"""
