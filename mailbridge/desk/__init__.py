"""The desk: the one writer of tickets. Every command is one transaction: all of its rows appear, or none."""
