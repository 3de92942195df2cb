"""The first start from a source checkout: environment, packages and checks. Uses the standard library only."""
