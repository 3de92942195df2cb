"""The catalogues of the pages: one ``.po`` for each language, and what is compiled from it.

``python -m spotid.translations`` gathers every text, brings the ``.po`` files up to date and compiles them; it needs
Babel, which comes with the tests. The program itself reads the compiled files alone, with the standard library.
"""
