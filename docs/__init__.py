"""The documentation: pages for people, and what writes the parts of them that the code can say itself."""
