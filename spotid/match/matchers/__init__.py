"""Published matchers that run by PyTorch. Everything heavy is imported when one of them is loaded."""
