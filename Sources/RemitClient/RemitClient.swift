// RemitClient
