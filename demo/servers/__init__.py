"""The protocols by which the centre is asked: each file serves its kind at sockets of this process and says at which
addresses and ports of the centre they answer."""
