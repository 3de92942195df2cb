"""How SpotID becomes a folder that runs by a double-click: the recipe is ``spotid.spec``, ``build.py`` follows it."""
