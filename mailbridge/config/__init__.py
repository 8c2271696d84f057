"""Configuration: files in, one frozen value out, or every fault at once."""
