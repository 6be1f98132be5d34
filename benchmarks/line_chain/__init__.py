"""A private line as network namespaces, its switch, and a hundred ways to break it."""
