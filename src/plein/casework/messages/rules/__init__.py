"""The pure decisions of messages: what a text says, how hard it reads, which way it goes, and when it goes again."""
