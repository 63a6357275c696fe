"""How operations come in and answers go out: HTTP, streams and sockets, and what stands guard before them."""
