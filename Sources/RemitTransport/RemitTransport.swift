// RemitTransport
