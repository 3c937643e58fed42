// RemitServer
