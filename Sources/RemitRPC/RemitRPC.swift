// RemitRPC
