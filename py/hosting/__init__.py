"""What serve.py does, a module for each part: the standard library is all it needs."""
