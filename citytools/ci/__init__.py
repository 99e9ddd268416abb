"""What a machine does with a proposed change: check it, say what is wrong in words an officer understands, and what it means."""
