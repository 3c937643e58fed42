// RemitTesting
