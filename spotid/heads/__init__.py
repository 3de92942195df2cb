"""Small nets on frozen embeddings, trained in seconds with NumPy alone: gradients written out, seeded, repeatable."""
