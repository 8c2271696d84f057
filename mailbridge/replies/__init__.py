"""Replies from files: facts go in, a subject and a text in the words of the customer come out."""
